import type { ArrivedSpan, TestIntake } from "../../harness/stack.ts";
import { drawTrace, tracesOf } from "../../keeping/harness/traces.ts";
import type { Made } from "./requests.ts";
import { SHAPES } from "./shapes.ts";

/** What has arrived of requests. */
export class Arrivals {
  readonly #traces: ReadonlyMap<string, readonly ArrivedSpan[]>;

  constructor({ spans }: TestIntake) {
    this.#traces = tracesOf(spans);
  }

  of({ traceId }: Made): readonly ArrivedSpan[] {
    return this.#traces.get(traceId) ?? [];
  }

  /** The requests whose traces have not arrived as they must: each span once, in its place, with its service and status. */
  notWhole(made: readonly Made[]): string[] {
    return made
      .filter((one) => drawTrace(this.of(one)) !== SHAPES[one.kind][one.fails ? "failed" : "done"])
      .map((one) => `${one.kind} ${one.traceId}:\n${drawTrace(this.of(one))}`);
  }

  /** The rates that the spans say they were sent at. */
  rates(made: readonly Made[]): number[] {
    const rates = made.flatMap((one) =>
      this.of(one).map(({ attributes }) => Number(attributes["sentry.client_sample_rate"])),
    );
    return [...new Set(rates)].sort();
  }
}
