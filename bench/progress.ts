/** Tells what is done next, and how long it all still takes by the pace so far. */
export class Progress {
  readonly #write: (line: string) => void;
  readonly #started = performance.now();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  next(what: string, { done, of, guess, share = done / of }: Position): void {
    const passed = (performance.now() - this.#started) / 1_000;
    const left = Math.ceil(share === 0 ? guess : (passed / share) * (1 - share));
    this.#write(`${done + 1} of ${of}: ${what} (${minutes(left)} left)`);
  }
}

/** How far the work is. */
export interface Position {
  /** Steps. */
  readonly done: number;
  readonly of: number;
  /** Seconds that all steps may take, for as long as none has been done. */
  readonly guess: number;
  /** Part of the time that has passed, if steps differ in length. Default: that of the steps. */
  readonly share?: number;
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
