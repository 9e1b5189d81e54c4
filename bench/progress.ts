/** Tells what is done next, and how long it all still takes by the pace so far. */
export class Progress {
  readonly #write: (line: string) => void;
  readonly #started = performance.now();

  constructor(write: (line: string) => void) {
    this.#write = write;
  }

  /** @param guess Seconds that a step may take, for as long as none has been done. */
  next(what: string, done: number, of: number, guess: number): void {
    const pace = done === 0 ? guess : (performance.now() - this.#started) / 1_000 / done;
    const left = Math.ceil(pace * (of - done));
    this.#write(`${done + 1} of ${of}: ${what} (${minutes(left)} left)`);
  }
}

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
