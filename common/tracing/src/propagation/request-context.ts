import { type Baggage, type Context, propagation, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import type { RemoteParent } from "../spans/local-trace.ts";

/** Baggage that came with a request, read only if somebody asks for it. */
export interface LazyBaggage {
  readonly user: Baggage | undefined;
  /** The value of one of its members, without making all of them. */
  member(key: string): string | undefined;
}

/** The keys under which OpenTelemetry's API keeps the span and the baggage. */
const SPAN_KEY = keyUsedBy((context) => trace.deleteSpan(context));
const BAGGAGE_KEY = keyUsedBy((context) => propagation.deleteBaggage(context));

/**
 * A context that holds in fields what the context of nearly every request holds: a copied map for each
 * of them would cost more than the rest of a span. Everything else is in the context that it is based on.
 */
export class RequestContext implements Context {
  readonly #base: Context;
  readonly #span: Span | undefined;
  readonly #baggage: LazyBaggage | undefined;
  /** What the caller's headers said, beside the ids. */
  readonly remote: RemoteParent | undefined;

  constructor(
    base: Context,
    span: Span | undefined,
    baggage: LazyBaggage | undefined,
    remote: RemoteParent | undefined,
  ) {
    this.#base = base;
    this.#span = span;
    this.#baggage = baggage;
    this.remote = remote;
  }

  getValue(key: symbol): unknown {
    if (key === SPAN_KEY) return this.#span;
    if (key === BAGGAGE_KEY) return this.#baggage?.user;
    return this.#base.getValue(key);
  }

  /** The value of a member of its baggage. */
  member(key: string): string | undefined {
    return this.#baggage?.member(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === SPAN_KEY) {
      const span = value as Span | undefined;
      return new RequestContext(
        this.#base,
        span,
        this.#baggage,
        this.#isCallers(span) ? this.remote : undefined,
      );
    }
    if (key === BAGGAGE_KEY)
      return new RequestContext(
        this.#base,
        this.#span,
        value === undefined ? undefined : given(value as Baggage),
        this.remote,
      );
    return new RequestContext(this.#base.setValue(key, value), this.#span, this.#baggage, this.remote);
  }

  /** The caller's headers tell of no other span than the caller's: another remote one set here is of another request. */
  #isCallers(span: Span | undefined): boolean {
    if (this.remote === undefined || span === undefined || span.isRecording()) return false;
    const [own, given] = [this.#span?.spanContext(), span.spanContext()];
    return given.isRemote === true && own?.traceId === given.traceId && own.spanId === given.spanId;
  }

  deleteValue(key: symbol): Context {
    if (key === SPAN_KEY || key === BAGGAGE_KEY) return this.setValue(key, undefined);
    return new RequestContext(this.#base.deleteValue(key), this.#span, this.#baggage, this.remote);
  }
}

function given(user: Baggage): LazyBaggage {
  return { user, member: (key) => user.getEntry(key)?.value };
}

/** The context with this span; in place of the copy of a map where there is nothing to copy. */
export function contextWithSpan(context: Context, span: Span): Context {
  return context === ROOT_CONTEXT
    ? new RequestContext(context, span, undefined, undefined)
    : trace.setSpan(context, span);
}

/** Asks the API itself which key it uses: versions may differ. */
function keyUsedBy(use: (context: Context) => unknown): symbol {
  let used: symbol | undefined;
  const probe: Context = {
    getValue: () => undefined,
    setValue: () => probe,
    deleteValue(key) {
      used = key;
      return probe;
    },
  };
  use(probe);
  // Never the key of anything else.
  return used ?? Symbol("none");
}
