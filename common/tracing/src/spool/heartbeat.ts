import { HEARTBEAT_MS } from "./directory.ts";
import type { SpoolFile } from "./file-name.ts";

/** Says from time to time that this process lives and still uses its files. */
export class Heartbeat {
  readonly #touch: (file: SpoolFile) => void;
  readonly #files = new Set<SpoolFile>();
  #timer: NodeJS.Timeout | undefined;

  constructor(touch: (file: SpoolFile) => void) {
    this.#touch = touch;
  }

  add(file: SpoolFile): void {
    this.#files.add(file);
    this.#timer ??= setInterval(() => this.#files.forEach(this.#touch), HEARTBEAT_MS).unref();
  }

  delete(file: SpoolFile): void {
    this.#files.delete(file);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
