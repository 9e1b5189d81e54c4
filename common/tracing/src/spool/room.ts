import type { SpoolDirectory } from "./directory.ts";

/** A full directory is not looked into again for so long, in milliseconds: that takes time. */
const FULL_MS = 1_000;

export interface RoomOptions {
  readonly directory: SpoolDirectory;
  /** Bound of all files, in bytes. */
  readonly limit: number;
  /** Removes what need not stay. */
  readonly makeRoom: () => void;
}

/** Whether more may be written within the bound. */
export class Room {
  readonly #options: RoomOptions;
  #fullUntil = 0;

  constructor(options: RoomOptions) {
    this.#options = options;
  }

  /** Throws what the file system throws. */
  isThereFor(bytes: number): boolean {
    if (performance.now() < this.#fullUntil) return false;
    if (this.#has(bytes)) return true;
    this.#options.makeRoom();
    if (this.#has(bytes)) return true;
    this.#fullUntil = performance.now() + FULL_MS;
    return false;
  }

  /** Something has been removed. */
  lookAgain(): void {
    this.#fullUntil = 0;
  }

  #has(bytes: number): boolean {
    return this.#options.directory.bytes() + bytes <= this.#options.limit;
  }
}
