import type { TraceDecision } from "../spans/index.ts";

/**
 * Remembers what was decided of traces, bounded: of each kind the latest ones at least, and twice as
 * many at most. Traces that were refused cannot push out those that are kept.
 */
export class Decisions {
  readonly #kept: Generations;
  readonly #refused: Generations;

  constructor(most = 8_192) {
    this.#kept = new Generations(most);
    this.#refused = new Generations(most);
  }

  get(traceId: string): TraceDecision | undefined {
    return this.#kept.get(traceId) ?? this.#refused.get(traceId);
  }

  set(traceId: string, decision: TraceDecision): void {
    (decision.kept ? this.#kept : this.#refused).set(traceId, decision);
  }
}

/** A map that forgets its older half when the younger one is full. */
class Generations {
  readonly #most: number;
  #young = new Map<string, TraceDecision>();
  #old = new Map<string, TraceDecision>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): TraceDecision | undefined {
    if (this.#young.size === 0 && this.#old.size === 0) return undefined;
    return this.#young.get(key) ?? this.#old.get(key);
  }

  set(key: string, value: TraceDecision): void {
    if (this.#young.size >= this.#most) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, value);
  }
}
