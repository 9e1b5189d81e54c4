import type { ArrivedSpan } from "../../harness/intake.ts";

/** A transaction event as it arrived. */
export interface ArrivedTransaction {
  readonly type: string;
  readonly event_id: string;
  readonly transaction: string;
  readonly start_timestamp: number;
  readonly timestamp: number;
  readonly platform: string;
  readonly release: string;
  readonly environment: string;
  readonly server_name: string;
  readonly sdk: { readonly name: string; readonly version: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly contexts: {
    readonly trace: TransactionSpan;
    readonly otel: { readonly resource: Readonly<Record<string, string>> };
  };
  readonly spans: readonly TransactionSpan[];
}

export interface TransactionSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id?: string;
  readonly op: string;
  readonly status: string;
  readonly origin: string;
  readonly description?: string;
  readonly start_timestamp: number;
  readonly timestamp: number;
  readonly data: ArrivedSpan["attributes"];
  readonly links?: readonly { readonly trace_id: string; readonly span_id: string }[];
}

const STATUSES = new Set([
  ...["ok", "cancelled", "unknown_error", "invalid_argument", "deadline_exceeded", "not_found"],
  ...["already_exists", "permission_denied", "resource_exhausted", "failed_precondition", "aborted"],
  ...["out_of_range", "unimplemented", "internal_error", "unavailable", "data_loss", "unauthenticated"],
]);

/** Why Sentry's Relay would throw the transaction away; undefined if it would not. */
export function faultOf(event: ArrivedTransaction): string | undefined {
  if (!/^[0-9a-f]{32}$/.test(event.event_id)) return "event id";
  if (typeof event.transaction !== "string" || event.transaction === "") return "name";
  if (event.spans.length > 1_000) return "more than 1,000 spans";
  const { trace } = event.contexts;
  const first = { ...trace, start_timestamp: event.start_timestamp, timestamp: event.timestamp };
  return [first, ...event.spans].map(spanFault).find((fault) => fault !== undefined);
}

function spanFault(span: TransactionSpan): string | undefined {
  if (!isId(span.trace_id, 32)) return "trace id";
  if (!isId(span.span_id, 16)) return "span id";
  if (span.parent_span_id !== undefined && !isId(span.parent_span_id, 16)) return "parent span id";
  if (!(span.start_timestamp <= span.timestamp)) return "end before start";
  if (!STATUSES.has(span.status)) return `status ${span.status}`;
  if (!/^[a-zA-Z0-9_.]+$/.test(span.origin)) return "origin";
  return Object.values(span).includes(null as never) ? "null" : undefined;
}

function isId(id: string, digits: number): boolean {
  return id.length === digits && /^[0-9a-f]*[1-9a-f][0-9a-f]*$/.test(id);
}

const KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

/** The spans of a transaction, in the form in which OTLP brings them. */
export function spansOf(event: ArrivedTransaction): ArrivedSpan[] {
  const { start_timestamp, timestamp, transaction: description, contexts } = event;
  const first = { ...contexts.trace, start_timestamp, timestamp, description };
  return [first, ...event.spans].map((span) => toArrived(span, contexts.otel.resource));
}

function toArrived(span: TransactionSpan, resource: Readonly<Record<string, string>>): ArrivedSpan {
  const own = (name: string): unknown => span.data[`otel.${name}`];
  return {
    traceId: span.trace_id,
    spanId: span.span_id,
    parentSpanId: span.parent_span_id ?? "",
    traceState: "",
    name: span.description ?? "",
    kind: KINDS.indexOf(String(own("kind"))),
    start: Math.round(span.start_timestamp * 1e6),
    end: Math.round(span.timestamp * 1e6),
    flags: 0,
    status: {
      code: ["", "OK", "ERROR"].indexOf(String(own("status_code") ?? "")),
      message: String(own("status_description") ?? ""),
    },
    attributes: Object.fromEntries(Object.entries(span.data).filter(([key]) => !key.startsWith("otel."))),
    events: [],
    links: (span.links ?? []).map((link) => ({ traceId: link.trace_id, spanId: link.span_id })),
    droppedAttributes: Number(own("dropped_attributes_count") ?? 0),
    droppedEvents: Number(own("dropped_events_count") ?? 0),
    scope: String(own("scope.name")),
    resource,
  };
}
