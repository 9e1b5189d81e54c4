import type { TraceIndex } from "./trace-index.ts";

/** Bits of a trace's flags in the index. */
const UNSAMPLED = 1;
const DECIDED = 2;
/** The trace waits to be let go, half a minute from a span that has ended or a second from an entry's end. */
const HELD = { running: 4, ended: 8 } as const;
/** It has been left again since. */
const LEFT_AGAIN = 16;
const HELD_AT_ALL = HELD.running | HELD.ended | LEFT_AGAIN;

export type Wait = keyof typeof HELD;

/** What is noted of the traces in the index, by their slots: how they came, what was decided, what they wait for. */
export class TraceMarks {
  readonly #flags: Uint8Array;
  readonly #open: Int32Array;

  constructor({ flags, open }: TraceIndex) {
    this.#flags = flags;
    this.#open = open;
  }

  unsampled(slot: number): void {
    this.#set(slot, UNSAMPLED);
  }

  /** Whether it was here unsampled. */
  wasUnsampled(slot: number): boolean {
    return this.#has(slot, UNSAMPLED);
  }

  decided(slot: number): void {
    this.#set(slot, DECIDED);
  }

  isDecided(slot: number): boolean {
    return this.#has(slot, DECIDED);
  }

  /** Notes that it waits to be let go; false if it does already. */
  hold(slot: number, why: Wait): boolean {
    const isHeld = this.#has(slot, HELD[why]);
    this.#set(slot, HELD[why] | (isHeld && why === "ended" ? LEFT_AGAIN : 0));
    return !isHeld;
  }

  /** For what else it is to wait that has waited since it was left: it was left again meanwhile, or is here still. */
  holdFurther(slot: number): Wait | "held" | undefined {
    if ((this.#open[slot] as number) > 0) {
      // Otherwise it waits for this already.
      const waitsAnew = !this.#has(slot, HELD.running);
      this.#clear(slot, HELD.ended | LEFT_AGAIN);
      this.#set(slot, HELD.running);
      return waitsAnew ? "running" : "held";
    }
    if (!this.#has(slot, LEFT_AGAIN)) return undefined;
    this.#clear(slot, LEFT_AGAIN);
    return "ended";
  }

  letGo(slot: number): void {
    this.#clear(slot, HELD_AT_ALL);
  }

  #has(slot: number, flag: number): boolean {
    return ((this.#flags[slot] as number) & flag) !== 0;
  }

  #set(slot: number, flags: number): void {
    this.#flags[slot] = (this.#flags[slot] as number) | flags;
  }

  #clear(slot: number, flags: number): void {
    this.#flags[slot] = (this.#flags[slot] as number) & ~flags;
  }
}
