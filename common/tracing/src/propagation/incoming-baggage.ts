import type { Baggage } from "@opentelemetry/api";
import { type BaggageHeader, decodeValue, joinMembers, parseBaggage, toBaggage } from "./baggage-header.ts";
import type { LazyBaggage } from "./request-context.ts";
import { rateOf } from "./sampling-context.ts";

/** The baggage of a request: most requests are over before anybody asks what is in it. */
export class IncomingBaggage implements LazyBaggage {
  readonly #values: readonly string[];
  #header: BaggageHeader | undefined;
  #user: Baggage | undefined;

  /** @param values of all `baggage` headers. */
  constructor(values: readonly string[]) {
    this.#values = values;
  }

  /** Members that are not Sentry's. */
  get user(): Baggage | undefined {
    this.#user ??= toBaggage(this.#read().others);
    return this.#user;
  }

  member(key: string): string | undefined {
    const value = this.#read().others.get(key);
    return value === undefined ? undefined : decodeValue(value);
  }

  /** The sampling rate that Sentry's members name. */
  get rate(): number | undefined {
    return rateOf(this.#read().sentry);
  }

  /** Sentry's members as they stand in a header; undefined for none, or those of another trace. */
  samplingContextOf(traceId: string): string | undefined {
    const { sentry } = this.#read();
    const own = sentry.get("sentry-trace_id");
    return sentry.size === 0 || (own !== undefined && own !== traceId) ? undefined : joinMembers(sentry);
  }

  #read(): BaggageHeader {
    this.#header ??= parseBaggage(this.#values);
    return this.#header;
  }
}
