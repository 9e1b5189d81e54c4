import {
  type Attributes,
  type Context,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Span,
  type SpanContext,
  SpanKind,
  type SpanOptions,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { isTracingSuppressed, originOf, remoteParentOf } from "../propagation/index.ts";
import { type KeptAbove, type LocalTrace, RecordedSpan, type SpanEnvironment } from "../spans/index.ts";
import type { BeginTrace } from "./begin-trace.ts";
import type { Contexts } from "./contexts.ts";

export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
}

/** A span to start, beyond what OpenTelemetry's options say. */
export interface StartOptions extends SpanOptions {
  /** The name is one of Tracekeep's own and needs no sanitiser. */
  readonly cleanName?: boolean;
  /** The caller keeps the trace. */
  readonly kept?: KeptAbove | undefined;
  /** Sampling rate of the method for a trace that begins here. */
  readonly rate?: number | undefined;
}

/** OpenTelemetry's Tracer over Tracekeep's spans. */
export class TracekeepTracer implements Tracer {
  readonly #scope: InstrumentationScope;
  readonly #environment: SpanEnvironment;
  readonly #beginTrace: BeginTrace;
  readonly #contexts: Contexts;

  constructor(
    scope: InstrumentationScope,
    environment: SpanEnvironment,
    beginTrace: BeginTrace,
    contexts: Contexts,
  ) {
    this.#scope = scope;
    this.#environment = environment;
    this.#beginTrace = beginTrace;
    this.#contexts = contexts;
  }

  startSpan(
    name: string,
    options: StartOptions = {},
    parentContext: Context = this.#contexts.active(),
  ): Span {
    if (!this.#environment.isOpen() || isTracingSuppressed(parentContext))
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    return this.start(name, options ?? {}, parentContext);
  }

  /** Starts a span whatever the context says of suppression. */
  start(name: string, options: StartOptions, parentContext: Context): RecordedSpan {
    const parent = options.root === true ? undefined : trace.getSpan(parentContext);
    const cleanName = options.cleanName === true ? name : this.#environment.sanitizer.text(String(name));
    const kind = options.kind ?? SpanKind.INTERNAL;
    const remoteHost = kind === SpanKind.CLIENT ? hostOf(options.attributes) : undefined;
    const own = parent instanceof RecordedSpan ? parent : undefined;
    const above = own === undefined ? parentContextOf(parent) : undefined;
    const localTrace = own?.trace ?? this.#begin(cleanName, above, options, parentContext);
    const span = new RecordedSpan(
      {
        name: cleanName,
        kind,
        scope: this.#scope,
        startTime: options.startTime,
        remoteHost,
        trace: localTrace,
        parentSpanId: own?.spanId ?? above?.spanId,
        isLocalRoot: own === undefined && above?.isRemote !== false,
      },
      this.#environment,
    );
    if (own === undefined) this.#enter(span, above, options, parentContext);
    if (options.attributes) span.setAttributes(options.attributes);
    if (options.links) span.addLinks(options.links);
    return span;
  }

  #begin(
    name: string,
    parent: SpanContext | undefined,
    { rate }: StartOptions,
    context: Context,
  ): LocalTrace {
    const remote = parent === undefined ? undefined : remoteParentOf(context);
    return this.#beginTrace({ parent, remote, rate, name, context });
  }

  /** The span is the first of its trace in this process. */
  #enter(
    span: RecordedSpan,
    parent: SpanContext | undefined,
    options: StartOptions,
    parentContext: Context,
  ): void {
    span.trace.entrySpanId = span.spanId;
    this.#environment.entered(span.trace, options.kept);
    const origin = parent === undefined && options.root !== true ? originOf(parentContext) : undefined;
    if (origin !== undefined) span.addLink({ context: origin });
  }

  startActiveSpan<F extends (span: Span) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(
    name: string,
    options: SpanOptions,
    parentContext: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: Span) => unknown>(name: string, ...rest: unknown[]): ReturnType<F> {
    const fn = rest.at(-1) as (span: Span) => ReturnType<F>;
    const options = rest.length > 1 ? (rest[0] as SpanOptions) : {};
    const parentContext = rest.length > 2 ? (rest[1] as Context) : this.#contexts.active();
    const span = this.startSpan(name, options, parentContext);
    return this.#contexts.with(trace.setSpan(parentContext, span), fn, undefined, span);
  }
}

/** The ids of a span that is not ours: in another process, or of another SDK in this one. */
function parentContextOf(parent: Span | undefined): SpanContext | undefined {
  const above = parent?.spanContext();
  // What came in headers was checked when it was read.
  return above !== undefined && (above.isRemote === true || isSpanContextValid(above)) ? above : undefined;
}

/** The host of a request, under the names that instrumentations use. */
function hostOf(attributes: Attributes | undefined): string | undefined {
  const address = attributes?.["server.address"] ?? attributes?.["net.peer.name"];
  if (typeof address === "string") return address;
  const url = attributes?.["url.full"] ?? attributes?.["http.url"];
  return typeof url === "string" && URL.canParse(url) ? new URL(url).hostname : undefined;
}
