import type { RequestFault } from "../transport/request-fault.ts";
import type { Outgoing } from "./outgoing.ts";
import type { Posted } from "./wire.ts";

/** What is to become of a request that has failed. */
export type Verdict =
  /** It is tried again as it was. */
  | "again"
  /** What is in it goes behind all others. */
  | "behind"
  /** Others get through, and this does not: it goes by itself, in halves if there is more than one item. */
  | "halve"
  /** Another try would be in vain. */
  | "give up";

/** Faults that a request may bring about itself; with the others the destination has not seen it, or has said when to come again. */
const OWN_FAULTS: ReadonlySet<RequestFault | undefined> = new Set([
  "timeout",
  "connection_reset",
  "network",
  "502",
  "503",
  "504",
] as const);
const MOST_IN_A_ROW = 3;
const MOST_TRIES = 3;
const MOST_TRIES_ALONE = 10;

interface Tries {
  failed: number;
  /** Those of a request with nothing else in it, while others got through. */
  alone: number;
  /** How many requests had been accepted when it failed last. */
  acceptedBefore: number;
}

/**
 * Tells a request that cannot succeed from a destination that is down. What fails is halved or given up only if
 * another request was accepted since it failed last: an outage changes nothing.
 */
export class Stubborn<T extends Outgoing> {
  readonly #tries = new WeakMap<T, Tries>();
  #accepted = 0;
  #failedInARow = 0;

  /** Whether single items should be sent, each time another one, to see if the destination takes anything at all. */
  get isProbing(): boolean {
    return this.#failedInARow >= MOST_IN_A_ROW;
  }

  /** The destination has answered for a request, one way or the other. */
  answered({ kind }: Posted["outcome"]): void {
    this.#failedInARow = 0;
    if (kind === "accepted") this.#accepted++;
  }

  /** The request with these items has failed, and may be tried again. */
  judge(items: readonly T[], { fault, outcome }: Pick<Posted, "fault" | "outcome">): Verdict {
    if (!OWN_FAULTS.has(fault) || "waitMs" in outcome) return "again";
    const isAlone = items.length === 1;
    const isProbe = isAlone && this.isProbing;
    this.#failedInARow++;
    const suspects = items.map((item) => this.#count(item, isAlone)).filter((tries) => tries !== undefined);
    const [suspect] = suspects;
    if (suspect === undefined) return isProbe ? "behind" : "again";
    return isAlone && suspect.alone >= MOST_TRIES_ALONE ? "give up" : "halve";
  }

  /** What is known of the item, if it fails again and again while others get through. */
  #count(item: T, isAlone: boolean): Tries | undefined {
    const tries = this.#tries.get(item) ?? { failed: 0, alone: 0, acceptedBefore: this.#accepted };
    this.#tries.set(item, tries);
    const othersWereAccepted = this.#accepted > tries.acceptedBefore;
    tries.failed++;
    tries.acceptedBefore = this.#accepted;
    if (othersWereAccepted && isAlone) tries.alone++;
    return othersWereAccepted && tries.failed >= MOST_TRIES ? tries : undefined;
  }
}
