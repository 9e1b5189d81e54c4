import type { Claim } from "./claim.ts";
import type { SpoolDirectory } from "./directory.ts";
import type { SpoolFile } from "./file-name.ts";
import type { FoundRecord } from "./record.ts";

export interface ExpiryOptions {
  readonly directory: SpoolDirectory;
  readonly destination: string;
  /** The destination's. */
  readonly key: string;
  readonly maxAgeMs: number;
  /** Takes a file; undefined if that is not possible now. */
  readonly take: (file: SpoolFile) => Claim | undefined;
  /** Told of spans that are too old, and whether they were for this destination. */
  readonly expired: (spans: number, isOwn: boolean) => void;
}

/** Throws away what is too old. */
export class Expiry {
  readonly #options: ExpiryOptions;
  /** Until when something of a file is to stay, by the file's id: to read it before would be in vain. */
  #stays: ReadonlyMap<string, number> = new Map();

  constructor(options: ExpiryOptions) {
    this.#options = options;
  }

  /** Whether something may be too old in a file that was begun then. */
  concerns(began: number): boolean {
    return Date.now() - began > this.#options.maxAgeMs;
  }

  /** Settles what is too old; the rest stays in the claim. */
  withoutOld(claim: Claim): Claim {
    const records: FoundRecord[] = [];
    for (const record of claim.records) {
      if (this.#isFresh(record)) records.push(record);
      else {
        claim.settle(record);
        this.#options.expired(record.spans, true);
      }
    }
    return { ...claim, records };
  }

  /** Removes all files that nobody uses and in which everything is too old. Throws what the file system throws. */
  removeOld(): void {
    const { directory, key } = this.#options;
    const stays = new Map<string, number>();
    for (const file of directory.list()) {
      const until = this.#stays.get(file.id);
      if (until !== undefined && Date.now() <= until) stays.set(file.id, until);
      else if (!this.concerns(file.began) || !directory.isFree(file)) continue;
      else if (file.key !== key) this.removeAbandoned(file);
      else {
        const stay = this.#removeOwn(file);
        if (stay !== undefined) stays.set(file.id, stay);
      }
    }
    this.#stays = stays;
  }

  /** Removes a file of a destination that nobody may serve any more, once all of it is too old. */
  removeAbandoned(file: SpoolFile): void {
    const { maxAgeMs, take, expired } = this.#options;
    if (Date.now() - file.began <= 2 * maxAgeMs) return;
    const claim = take(file);
    for (const record of claim?.records ?? []) {
      claim?.settle(record);
      expired(record.spans, false);
    }
    claim?.close();
  }

  /** Until when something of it is to stay; undefined if nothing is. */
  #removeOwn(file: SpoolFile): number | undefined {
    const taken = this.#options.take(file);
    if (taken === undefined) return undefined;
    const { records, close } = this.withoutOld(taken);
    close();
    if (records.length === 0) return undefined;
    return Math.max(...records.map(({ at }) => at)) + this.#options.maxAgeMs;
  }

  /** A record of another destination with this one's key cannot be. */
  #isFresh({ at, destination }: FoundRecord): boolean {
    return destination === this.#options.destination && !this.concerns(at);
  }
}
