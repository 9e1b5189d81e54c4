import type { Claim } from "./claim.ts";
import type { FoundRecord } from "./record.ts";

/** Further ones are forgotten, the one that failed longest ago first: it counts as untried then. */
const MOST = 200;

/** Records that could not be delivered, by file and by where they begin in it; those that failed last come last. */
export class FailedRecords {
  readonly #files = new Map<string, Set<number>>();
  #size = 0;

  /** The ids of files with such records. */
  get files(): readonly string[] {
    return [...this.#files.keys()];
  }

  has({ id }: Claim, { offset }: FoundRecord): boolean {
    return this.#files.get(id)?.has(offset) === true;
  }

  /** Those of a claim, the one that failed longest ago first; what has expired is forgotten. */
  among({ id, records }: Claim): FoundRecord[] {
    const byOffset = new Map(records.map((record) => [record.offset, record]));
    for (const offset of this.#of(id)) if (!byOffset.has(offset)) this.#remove(id, offset);
    return this.#of(id).flatMap((offset) => byOffset.get(offset) ?? []);
  }

  /** The record has failed, maybe not for the first time. */
  add({ id }: Claim, { offset }: FoundRecord): void {
    this.#remove(id, offset);
    const offsets = this.#files.get(id) ?? new Set();
    this.#files.delete(id);
    this.#files.set(id, offsets.add(offset));
    this.#size++;
    if (this.#size > MOST) this.#forgetFirst();
  }

  delete({ id }: Claim, { offset }: FoundRecord): void {
    this.#remove(id, offset);
  }

  forget(file: string): void {
    for (const offset of this.#of(file)) this.#remove(file, offset);
  }

  #of(file: string): number[] {
    return [...(this.#files.get(file) ?? [])];
  }

  #remove(file: string, offset: number): void {
    const offsets = this.#files.get(file);
    if (offsets?.delete(offset) !== true) return;
    this.#size--;
    if (offsets.size === 0) this.#files.delete(file);
  }

  #forgetFirst(): void {
    const [file = ""] = this.files;
    const [offset = 0] = this.#of(file);
    this.#remove(file, offset);
  }
}
