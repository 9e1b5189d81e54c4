import { type Open, OpenList, type TraceDecision } from "../spans/index.ts";

/** A call to another process that is under way. */
export interface OpenCall extends Open<OpenCall> {
  readonly traceId: string;
  /** Tells the other side that the trace is kept. */
  kept(decision: TraceDecision): void;
}

/** More at a time are told at their end only: calls that never end must pin no memory. */
const MOST_CALLS = 2_000;

/** The calls of this process that are under way. */
export class OpenCalls {
  readonly #calls = new OpenList<OpenCall>(MOST_CALLS);

  add(call: OpenCall): void {
    this.#calls.add(call);
  }

  delete(call: OpenCall): void {
    this.#calls.delete(call);
  }

  kept(traceId: string, decision: TraceDecision): void {
    for (const call of this.#calls.toArray()) if (call.traceId === traceId) call.kept(decision);
  }
}
