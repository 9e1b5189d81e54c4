import type { Trace } from "../trace/trace.ts";
import { Distribution } from "./distribution.ts";
import { weightOf } from "./weight.ts";

/** What a service does for others, and how long that takes. */
export interface Method {
  readonly service: string;
  readonly name: string;
  readonly requests: Distribution;
}

const MOST_METHODS = 1_000;

/** The methods that services answered, drawn from traces: a method is the name of a span through which a request came in. */
export class Methods {
  readonly #methods = new Map<string, Method>();

  add({ nodes }: Trace): void {
    for (const { span, parent } of nodes) {
      const comesIn = span.kind === "server" || span.kind === "consumer";
      if (!comesIn && (parent || span.kind === "client")) continue;
      const key = JSON.stringify([span.service, span.name]);
      const known = this.#methods.get(key);
      if (!known && this.#methods.size >= MOST_METHODS) continue;
      const method = known ?? { service: span.service, name: span.name, requests: new Distribution() };
      this.#methods.set(key, method);
      method.requests.add(Number(span.endNanos - span.startNanos), weightOf(span), span.status === "error");
    }
  }

  all(): Method[] {
    return [...this.#methods.values()];
  }
}
