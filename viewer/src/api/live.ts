import type { ServerResponse } from "node:http";
import type { IntakeState } from "../intake/state.ts";
import type { Query } from "../search/query.ts";
import { FacetList } from "./facets.ts";
import { LiveList } from "./live-list.ts";

const PACE_MS = 150;
const BEAT_MS = 15_000;
const MOST_READERS = 32;

/** All live lists: tells each of what arrives, a few times a second. */
export class Live {
  readonly #state: IntakeState;
  readonly #facets = new FacetList();
  readonly #lists = new Set<LiveList>();
  #pace: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;
  #isWatching = false;

  constructor(state: IntakeState) {
    this.#state = state;
  }

  /** Too many pages are open already. */
  get isFull(): boolean {
    return this.#lists.size >= MOST_READERS;
  }

  /** Sends a search's live list until the reader goes away. */
  follow(query: Query, response: ServerResponse): void {
    const list = new LiveList(this.#state.traces, this.#facets, query, response);
    this.#lists.add(list);
    response.on("close", () => {
      this.#lists.delete(list);
      if (this.#lists.size === 0) this.#rest();
    });
    this.#watch();
    void list.flush();
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.#state.arrivalListeners.add(this.#arrived);
    this.#beat = setInterval(() => {
      for (const list of this.#lists) list.beat();
    }, BEAT_MS);
  }

  #rest(): void {
    this.#isWatching = false;
    this.#state.arrivalListeners.delete(this.#arrived);
    clearInterval(this.#beat);
    clearTimeout(this.#pace);
    this.#pace = undefined;
  }

  readonly #arrived = (traceIds: ReadonlySet<string>): void => {
    for (const list of this.#lists) list.changed(traceIds);
    this.#pace ??= setTimeout(() => {
      this.#pace = undefined;
      for (const list of this.#lists) void list.flush();
    }, PACE_MS);
  };
}
