import {
  type Attributes,
  type AttributeValue,
  createTraceState,
  type Exception,
  type Link,
  type Span,
  type SpanContext,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
} from "@opentelemetry/api";
import type { AttributeBlock } from "./attribute-block.ts";
import { cleanAttributes, readProperty } from "./clean-attributes.ts";
import { type CaughtException, describeException, exceptionAttributes } from "./exception.ts";
import { newSpanId } from "./ids.ts";
import type { LocalTrace } from "./local-trace.ts";
import type { Open } from "./open-list.ts";
import type { SpanEnvironment } from "./span-environment.ts";
import type { SpanEvent } from "./span-event.ts";
import { isValidLink, type SpanLink } from "./span-link.ts";
import { isTimeInput, toMicroseconds } from "./time-input.ts";

export interface SpanStart {
  readonly name: string;
  readonly kind: SpanKind;
  readonly trace: LocalTrace;
  readonly parentSpanId: string | undefined;
  /** True if the parent is in another process, or if there is none: the first span of the trace in this one. */
  readonly isLocalRoot: boolean;
  readonly scope: { readonly name: string; readonly version: string };
  readonly startTime?: TimeInput | undefined;
  /** The host that the span calls, where an instrumentation says so. */
  readonly remoteHost?: string | undefined;
}

const LONGEST_LINK_LIST = 128;
const ERROR_TYPE = "error.type";
const NONE: readonly never[] = [];
const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };
const NO_ATTRIBUTES: ReadonlyMap<string, AttributeValue> = new Map();

/**
 * A span of OpenTelemetry's API. Everything it holds has passed the sanitiser. After its end it does
 * not change; what is done to it then is ignored and counted.
 */
export class RecordedSpan implements Span, Open<RecordedSpan> {
  name: string;
  readonly kind: SpanKind;
  readonly trace: LocalTrace;
  readonly spanId: string = newSpanId();
  readonly parentSpanId: string | undefined;
  readonly isLocalRoot: boolean;
  readonly scope: { readonly name: string; readonly version: string };
  readonly startTime: number;
  readonly remoteHost: string | undefined;
  endTime: number | undefined;
  status: SpanStatus = UNSET;
  droppedAttributes = 0;
  droppedEvents = 0;
  droppedLinks = 0;
  /** The exception that was recorded last. */
  exception: CaughtException | undefined;
  /** What the handler under this span threw, rejected with or gave to its callback first. */
  cause: unknown;
  rejected = false;
  /** Its caller was told OK: what the handler fails with from then on is in no status. */
  answeredOk = false;
  /** The instance that served the call, by number; 0 for none, or if it need not be told of anything. */
  servedBy = 0;
  older: RecordedSpan | undefined;
  newer: RecordedSpan | undefined;
  readonly environment: SpanEnvironment;
  /** The monotonic time of the start, unless the user gave one: a duration must not depend on the wall clock. */
  readonly #startedAt: number | undefined;
  #context: SpanContext | undefined;
  // Made when first used: many spans have none.
  #attributes: Map<string, AttributeValue> | undefined;
  #blocks: AttributeBlock[] | undefined;
  #events: SpanEvent[] | undefined;
  #links: SpanLink[] | undefined;

  constructor(start: SpanStart, environment: SpanEnvironment) {
    this.name = start.name;
    this.kind = start.kind;
    this.trace = start.trace;
    this.parentSpanId = start.parentSpanId;
    this.isLocalRoot = start.isLocalRoot;
    this.scope = start.scope;
    this.environment = environment;
    this.remoteHost = start.remoteHost;
    const { clock } = environment;
    const given = toMicroseconds(start.startTime);
    this.#startedAt = given === undefined ? clock.monotonic() : undefined;
    this.startTime = given ?? clock.wall();
    if (start.trace.tenant !== undefined) this.#blocks = [start.trace.tenant];
    environment.started();
  }

  /** All attributes. */
  get attributes(): ReadonlyMap<string, AttributeValue> {
    return new Map([...this.blocks.flatMap(({ entries }) => entries), ...this.ownAttributes]);
  }

  /** Those that are not in a block. */
  get ownAttributes(): ReadonlyMap<string, AttributeValue> {
    return this.#attributes ?? NO_ATTRIBUTES;
  }

  /** Attributes that other spans have alike. */
  get blocks(): readonly AttributeBlock[] {
    return this.#blocks ?? NONE;
  }

  get events(): readonly SpanEvent[] {
    return this.#events ?? NONE;
  }

  get links(): readonly SpanLink[] {
    return this.#links ?? NONE;
  }

  /** Notes an error that the span's status will tell of, once it is known. */
  failedWith(error: unknown): void {
    this.cause ??= error;
  }

  /** Notes an error that nothing handles: whatever the status, this is a failure. */
  rejectedWith(error: unknown): void {
    this.failedWith(error);
    this.rejected = true;
  }

  spanContext(): SpanContext {
    this.#context ??= {
      traceId: this.trace.traceId,
      spanId: this.spanId,
      traceFlags: this.trace.sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
      ...(this.trace.traceState === "" ? {} : { traceState: createTraceState(this.trace.traceState) }),
    };
    return this.#context;
  }

  /** Also for traces that were not sampled: they are recorded, and may be kept. */
  isRecording(): boolean {
    return this.endTime === undefined;
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.#mayChange()) return this;
    const { sanitizer, limits } = this.environment;
    const clean = sanitizer.attribute(key, value);
    if (clean === undefined) return this;
    const name = sanitizer.key(key);
    if (this.#isInBlock(name)) this.#dissolveBlocks();
    const own = this.ownAttributes;
    if (own.size + this.#blockSize() >= limits.attributes && !own.has(name)) this.droppedAttributes++;
    else this.setClean(name, clean);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    for (const key of Object.keys(attributes ?? {})) this.setAttribute(key, readProperty(attributes, key));
    return this;
  }

  /** For values that Tracekeep itself makes, of fixed vocabularies: they need no sanitiser, and no limit keeps them out. */
  setClean(key: string, value: AttributeValue): void {
    if (!this.isRecording()) return;
    this.#attributes ??= new Map();
    this.#attributes.set(key, value);
  }

  /** For attributes that Tracekeep itself makes, and that no block before has. A key is on a span once: the user's kind of error stays. */
  addBlock(block: AttributeBlock): void {
    if (!this.isRecording()) return;
    const own = this.#attributes;
    if (own !== undefined && block.entries.some(([key]) => own.has(key))) {
      for (const [key, value] of block.entries) if (key !== ERROR_TYPE || !own.has(key)) own.set(key, value);
      return;
    }
    this.#blocks ??= [];
    this.#blocks.push(block);
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (!this.#mayChange()) return this;
    const isTime = isTimeInput(attributesOrTime);
    const attributes = cleanAttributes(isTime ? undefined : attributesOrTime, this.environment);
    this.#pushEvent(
      this.environment.sanitizer.text(String(name)),
      attributes,
      isTime ? attributesOrTime : time,
    );
    return this;
  }

  addLink(link: Link): this {
    if (!this.#mayChange()) return this;
    this.#links ??= [];
    const valid = isValidLink(link) && this.#links.length < LONGEST_LINK_LIST;
    if (!valid) this.droppedLinks++;
    else
      this.#links.push({
        context: link.context,
        attributes: cleanAttributes(link.attributes, this.environment),
      });
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links ?? []) this.addLink(link);
    return this;
  }

  /** OpenTelemetry's rule: OK is final, ERROR beats UNSET, and only an error has a message. */
  setStatus(status: SpanStatus): this {
    if (typeof status?.code !== "number") return this;
    if (!this.#mayChange() || status.code === SpanStatusCode.UNSET || this.status.code === SpanStatusCode.OK)
      return this;
    const message = status.code === SpanStatusCode.ERROR ? status.message : undefined;
    this.status =
      typeof message === "string"
        ? { code: status.code, message: this.environment.sanitizer.text(message) }
        : { code: status.code };
    return this;
  }

  updateName(name: string): this {
    if (this.#mayChange()) this.name = this.environment.sanitizer.text(String(name));
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    if (this.endTime !== undefined) {
      this.environment.changedAfterEnd();
      return;
    }
    this.exception = describeException(exception, this.environment.sanitizer);
    const attributes = new Map(Object.entries(exceptionAttributes(this.exception)));
    this.#pushEvent("exception", attributes, time);
    // Sentry drops span events at its OTLP intake; as attributes the exception arrives.
    for (const [key, value] of attributes) this.setClean(key, value);
  }

  end(time?: TimeInput): void {
    if (this.endTime !== undefined) {
      this.environment.changedAfterEnd();
      return;
    }
    this.endTime = Math.max(toMicroseconds(time) ?? this.#now(), this.startTime);
    this.environment.ended(this);
  }

  /** The time on this span's own axis. */
  #now(): number {
    const { clock } = this.environment;
    return this.#startedAt === undefined
      ? clock.wall()
      : this.startTime + clock.monotonic() - this.#startedAt;
  }

  #isInBlock(name: string): boolean {
    return this.blocks.some(({ entries }) => entries.some(([key]) => key === name));
  }

  #blockSize(): number {
    return this.blocks.reduce((sum, { entries }) => sum + entries.length, 0);
  }

  /** One of their attributes is to change on this span. */
  #dissolveBlocks(): void {
    this.#attributes = new Map(this.attributes);
    this.#blocks = undefined;
  }

  #mayChange(): boolean {
    if (this.endTime !== undefined) this.environment.changedAfterEnd();
    return this.isRecording();
  }

  #pushEvent(
    name: string,
    attributes: ReadonlyMap<string, AttributeValue>,
    time: TimeInput | undefined,
  ): void {
    this.#events ??= [];
    if (this.#events.length >= this.environment.limits.events) {
      this.droppedEvents++;
      return;
    }
    this.#events.push({
      name,
      time: toMicroseconds(time) ?? this.#now(),
      attributes,
    });
  }
}
