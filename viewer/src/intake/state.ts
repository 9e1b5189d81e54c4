import type { ExportTraceServiceRequest } from "@tracekeep/proto/otlp/v1";
import type { Envelope } from "../sentry/envelope.ts";
import { parseErrorEvent } from "../sentry/event.ts";
import { EventStore } from "../sentry/event-store.ts";
import { parseStreamedSpans } from "../sentry/streamed-spans.ts";
import { parseTransaction } from "../sentry/transaction.ts";
import { type SpanRecord, spansOf } from "../trace/span.ts";
import { TraceStore } from "../trace/store.ts";
import type { StoreLimits } from "../trace/store-limits.ts";
import { requestOf } from "../trace/to-request.ts";
import { AnswerScript, type ReceivedRequest } from "./script.ts";
import { Waiters } from "./waiters.ts";

/** Called with each export request taken, and the spans in it. */
export type ExportListener = (request: ExportTraceServiceRequest, spans: readonly SpanRecord[]) => void;

/** Called with the ids of the traces of which something has arrived. */
export type ArrivalListener = (traceIds: ReadonlySet<string>) => void;

const MAX_EVENT_BYTES = 64 * 2 ** 20;

/** What an intake holds. */
export class IntakeState {
  readonly traces: TraceStore;
  readonly events = new EventStore(MAX_EVENT_BYTES);
  readonly requests: ReceivedRequest[] = [];
  readonly script = new AnswerScript();
  readonly waiters = new Waiters();
  readonly listeners = new Set<ExportListener>();
  readonly arrivalListeners = new Set<ArrivalListener>();

  constructor(limits: StoreLimits) {
    this.traces = new TraceStore(limits);
  }

  /** Stores the spans and says how many cannot be stored. */
  storeExport(request: ExportTraceServiceRequest): number {
    const { spans, rejected } = spansOf(request);
    this.#store(request, spans);
    return rejected;
  }

  /** Stores error events, and the spans of transactions and streams; sessions and client reports are taken and forgotten. */
  storeEnvelope({ eventId, items }: Envelope): void {
    const ofEvents = items.filter(({ type }) => type === "event");
    const events = ofEvents.map(({ payload }) => parseErrorEvent(payload, eventId));
    const spans = items.flatMap(({ type, payload }) => {
      if (type === "transaction") return parseTransaction(payload);
      return type === "span" ? parseStreamedSpans(payload) : [];
    });
    for (const event of events) this.events.add(event);
    if (spans.length > 0) this.#store(requestOf(spans), spans);
    this.#arrived(events.flatMap(({ trace }) => trace?.traceId ?? []));
  }

  #store(request: ExportTraceServiceRequest, spans: readonly SpanRecord[]): void {
    this.traces.add(spans);
    for (const listener of this.listeners) listener(request, spans);
    this.#arrived(spans.map(({ traceId }) => traceId));
  }

  #arrived(traceIds: readonly string[]): void {
    const changed = new Set(traceIds);
    for (const listener of this.arrivalListeners) listener(changed);
    this.waiters.arrived();
  }
}
