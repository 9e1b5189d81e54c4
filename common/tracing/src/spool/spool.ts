import { closeSync, fsyncSync, readFileSync, writeSync } from "node:fs";
import type { SpoolSettings } from "../config/tracing-config.ts";
import { createRateLimiter, type Logger } from "../logger.ts";
import { HEARTBEAT_MS, SpoolDirectory } from "./directory.ts";
import { destinationKey, newFile, type SpoolFile } from "./file-name.ts";
import { encodeRecord, type FoundRecord, readRecords, sentMark } from "./record.ts";
import { createSpoolCounters, type SpoolStats } from "./spool-counters.ts";

/** A file is closed at this size, so that what has been sent of it can be removed. */
const FILE_BYTES = 4_194_304;

export interface SpoolOptions extends SpoolSettings {
  /** What it is for, by kind and host; never a key. */
  readonly destination: string;
  /** Tells destinations on one host from each other. */
  readonly url: string;
  readonly contentType: string;
  readonly logger: Logger;
  /** Told of spans that are lost here after all. */
  readonly lost?: (spans: number) => void;
}

/** A file that this process sends now. */
export interface Claim {
  readonly records: readonly FoundRecord[];
  /** The record has been sent, or is not to be sent: nobody will send it again. False if the claim was lost. */
  settle(record: FoundRecord): boolean;
  /** Whether the file is still ours: a process that was stopped for long has lost it. */
  isHeld(): boolean;
  /** Removes the file if all is settled, otherwise leaves it to others. */
  close(): void;
}

/** The requests for one destination that wait on disk. Nothing here throws: a disk may fail at any time. */
export class Spool {
  readonly counters = createSpoolCounters();
  readonly #options: SpoolOptions;
  readonly #directory: SpoolDirectory;
  readonly #key: string;
  readonly #mayLog = createRateLimiter();
  #open: { readonly file: SpoolFile; readonly descriptor: number; bytes: number } | undefined;
  readonly #claimed = new Set<SpoolFile>();
  #heart: NodeJS.Timeout | undefined;

  constructor(options: SpoolOptions) {
    this.#options = options;
    this.#directory = new SpoolDirectory(options.directory);
    this.#key = destinationKey(options.url, options.contentType);
    // Now somebody looks at the log, and not when it is needed.
    this.#attempt(() => this.#directory.check());
  }

  stats(): SpoolStats {
    return { ...this.counters };
  }

  /** Writes a request down; false if that is not possible. */
  save(body: Uint8Array, spans: number): boolean {
    const { destination, bytes: limit } = this.#options;
    try {
      const record = encodeRecord({ destination, body, spans, at: Date.now() });
      this.#directory.make();
      if (this.#directory.bytes() + record.length > limit) {
        this.counters.full += spans;
        this.#warn("full", "The spool is full (TRACE_SPOOL_BYTES): spans of kept traces are dropped.");
        return false;
      }
      this.#append(record);
      this.counters.written += spans;
      return true;
    } catch (error) {
      this.counters.failed += spans;
      this.#fault("written", error);
      return false;
    }
  }

  /** Leaves what this process has written to whoever sends it; on the disk for sure once this returns. */
  seal(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    try {
      fsyncSync(open.descriptor);
      closeSync(open.descriptor);
      this.#directory.release(open.file);
      this.#directory.sync();
    } catch (error) {
      this.#fault("synchronised", error);
    }
  }

  /** Takes the oldest file for this destination that nobody uses; own ones are sealed for it. */
  claim(): Claim | undefined {
    try {
      if (this.#open !== undefined && !this.#hasOthers()) this.seal();
      for (const file of this.#directory.list()) {
        if (!this.#directory.isFree(file)) continue;
        if (file.key !== this.#key) this.#expire(file);
        else {
          const claimed = this.#directory.claim(file);
          if (claimed !== undefined) return this.#read(claimed);
        }
      }
    } catch (error) {
      this.#fault("read", error);
    }
    return undefined;
  }

  /** Leaves everything to others; nothing is left running. */
  close(): void {
    this.seal();
    clearInterval(this.#heart);
    this.#heart = undefined;
  }

  #hasOthers(): boolean {
    return this.#directory.list().some((file) => file.key === this.#key && this.#directory.isFree(file));
  }

  #append(record: Buffer): void {
    // A process that was stopped for long may have lost its file.
    if (this.#open !== undefined && !this.#directory.touch(this.#open.file)) this.#abandon();
    if (this.#open === undefined) {
      const file = newFile(this.#key, Date.now(), this.#directory.owner);
      this.#open = { file, descriptor: this.#directory.create(file), bytes: 0 };
      this.#beat();
    }
    const open = this.#open;
    try {
      for (let at = 0; at < record.length; ) at += writeSync(open.descriptor, record, at);
    } catch (error) {
      // What follows a torn record could not be found again: it goes into another file.
      this.seal();
      throw error;
    }
    open.bytes += record.length;
    if (open.bytes >= FILE_BYTES) this.seal();
  }

  #abandon(): void {
    if (this.#open !== undefined) closeSync(this.#open.descriptor);
    this.#open = undefined;
  }

  #read(file: SpoolFile): Claim {
    this.#claimed.add(file);
    this.#beat();
    const descriptor = this.#directory.openClaimed(file);
    const { records, damaged } = readRecords(readFileSync(descriptor));
    this.counters.damaged += damaged;
    if (damaged > 0) this.#warn("damaged", `${damaged} records of the spool could not be read.`);
    let left = records.length;
    const isHeld = (): boolean => this.#attempt(() => this.#directory.touch(file)) === true;
    const settle = (record: FoundRecord): boolean => {
      left--;
      const { byte, position } = sentMark(record);
      return this.#attempt(() => writeSync(descriptor, byte, 0, 1, position)) === 1;
    };
    const fresh = records.filter((record) => this.#isFresh(record));
    for (const record of records) if (!fresh.includes(record)) settle(record);
    return {
      records: fresh,
      isHeld,
      settle,
      close: () => {
        this.#claimed.delete(file);
        this.#attempt(() => closeSync(descriptor));
        this.#attempt(() => (left === 0 ? this.#directory.remove(file) : this.#directory.release(file)));
      },
    };
  }

  /** Counts a record that is too old; a record of another destination with this one's key cannot be. */
  #isFresh({ at, spans, destination }: FoundRecord): boolean {
    if (destination === this.#options.destination && Date.now() - at <= this.#options.maxAgeMs) return true;
    this.counters.expired += spans;
    this.#options.lost?.(spans);
    return false;
  }

  /** Removes a file of a destination that nobody may serve any more, once all of it is too old. */
  #expire(file: SpoolFile): void {
    if (Date.now() - file.began <= 2 * this.#options.maxAgeMs) return;
    const claimed = this.#directory.claim(file);
    if (claimed === undefined) return;
    const { records } = readRecords(readFileSync(this.#directory.pathOf(claimed)));
    this.counters.expired += records.reduce((sum, { spans }) => sum + spans, 0);
    this.#directory.remove(claimed);
  }

  /** Says from time to time that this process lives and still uses its files. */
  #beat(): void {
    this.#heart ??= setInterval(() => {
      const files = [...this.#claimed, ...(this.#open === undefined ? [] : [this.#open.file])];
      for (const file of files) this.#attempt(() => this.#directory.touch(file));
    }, HEARTBEAT_MS).unref();
  }

  #attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (error) {
      this.#fault("used", error);
      return undefined;
    }
  }

  #fault(what: string, error: unknown): void {
    const { code, message } = error as NodeJS.ErrnoException;
    this.#warn("fault", `The spool could not be ${what} (${code ?? message}); check TRACE_SPOOL_DIR.`);
  }

  #warn(kind: string, message: string): void {
    if (this.#mayLog(kind) === undefined) return;
    const { destination, logger, directory } = this.#options;
    logger.warn({ event: "tracekeep.spool.failed", destination, directory }, message);
  }
}
