import type { SpoolSettings } from "../config/tracing-config.ts";
import type { Logger } from "../logger.ts";
import { type Claim, openClaim } from "./claim.ts";
import { SpoolDirectory } from "./directory.ts";
import { Expiry } from "./expiry.ts";
import { destinationKey, type SpoolFile } from "./file-name.ts";
import { Heartbeat } from "./heartbeat.ts";
import { encodeRecord } from "./record.ts";
import { Room } from "./room.ts";
import { createSpoolCounters, type SpoolStats } from "./spool-counters.ts";
import { SpoolLog } from "./spool-log.ts";
import { SpoolWriter } from "./writer.ts";

/** A file is no larger than this, and than a part of the bound: what is too old is removed file by file. */
const FILE_BYTES = 4_194_304;
const FILES_WITHIN_BOUND = 8;
/** After a failure nothing is written for so long, in milliseconds: each try stops the process for a moment. */
const PAUSE_MS = 5_000;

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

/** The requests for one destination that wait on disk. Nothing here throws: a disk may fail at any time. */
export class Spool {
  readonly counters = createSpoolCounters();
  readonly #options: SpoolOptions;
  readonly #log: SpoolLog;
  readonly #directory: SpoolDirectory;
  readonly #key: string;
  readonly #heartbeat: Heartbeat;
  readonly #writer: SpoolWriter;
  readonly #expiry: Expiry;
  readonly #room: Room;
  #pausedUntil = 0;

  constructor(options: SpoolOptions) {
    const { bytes: limit, url, contentType } = options;
    this.#options = options;
    const log = new SpoolLog(options);
    const directory = new SpoolDirectory(options.directory);
    const key = destinationKey(url, contentType);
    const heartbeat = new Heartbeat((file) => log.attempt("used", () => directory.touch(file)));
    const fileBytes = Math.min(FILE_BYTES, limit / FILES_WITHIN_BOUND);
    this.#log = log;
    this.#directory = directory;
    this.#key = key;
    this.#heartbeat = heartbeat;
    this.#writer = new SpoolWriter({ directory, key, fileBytes, heartbeat, log });
    const take = (file: SpoolFile): Claim | undefined => this.#take(file);
    const expired = (spans: number, isOwn: boolean): void => this.#expired(spans, isOwn);
    this.#expiry = new Expiry({ ...options, directory, key, take, expired });
    this.#room = new Room({ directory, limit, makeRoom: () => this.#removeOld() });
    // Now somebody looks at the log, and not when it is needed.
    log.attempt("used", () => directory.check());
  }

  stats(): SpoolStats {
    return { ...this.counters };
  }

  /** Writes a request down; false if that is not possible. */
  save(body: Uint8Array, spans: number): boolean {
    if (performance.now() < this.#pausedUntil) {
      this.counters.failed += spans;
      return false;
    }
    const { destination } = this.#options;
    try {
      const record = encodeRecord({ destination, body, spans, at: Date.now() });
      this.#directory.make();
      if (!this.#room.isThereFor(record.length)) {
        this.counters.full += spans;
        this.#log.warn("full", "The spool is full (TRACE_SPOOL_BYTES): spans of kept traces are dropped.");
        return false;
      }
      this.#writer.append(record);
      this.counters.written += spans;
      return true;
    } catch (error) {
      this.#pausedUntil = performance.now() + PAUSE_MS;
      this.counters.failed += spans;
      this.#log.fault("written", error);
      return false;
    }
  }

  /** Leaves what this process has written to whoever sends it; on the disk for sure once this returns. */
  seal(): void {
    this.#writer.seal();
  }

  /**
   * Takes the oldest file for this destination that nobody uses; own ones are sealed for it.
   *
   * @param isWanted takes a file's id; by default all are wanted.
   */
  claim(isWanted: (id: string) => boolean = () => true): Claim | undefined {
    return this.#log.attempt("read", () => {
      if (this.#writer.began !== undefined && !this.#hasOthers(isWanted)) this.seal();
      for (const file of this.#directory.list()) {
        if (file.key === this.#key && !isWanted(file.id)) continue;
        if (!this.#directory.isFree(file)) continue;
        if (file.key !== this.#key) this.#expiry.removeAbandoned(file);
        else {
          const claim = this.#take(file);
          if (claim !== undefined) return this.#expiry.withoutOld(claim);
        }
      }
      return undefined;
    });
  }

  /** Leaves everything to others; nothing is left running. */
  close(): void {
    this.seal();
    this.#heartbeat.stop();
  }

  #hasOthers(isWanted: (id: string) => boolean): boolean {
    return this.#directory
      .list()
      .some((file) => file.key === this.#key && isWanted(file.id) && this.#directory.isFree(file));
  }

  /** Undefined if somebody else has been faster, or if the file cannot be read now: then it is for a later time. */
  #take(file: SpoolFile): Claim | undefined {
    const claimed = this.#log.attempt("read", () => this.#directory.claim(file));
    if (claimed === undefined) return undefined;
    this.#heartbeat.add(claimed);
    const closed = (): void => {
      this.#heartbeat.delete(claimed);
      this.#room.lookAgain();
    };
    try {
      const claim = openClaim(claimed, this.#directory, this.#log, closed);
      this.counters.damaged += claim.damaged;
      if (claim.damaged > 0)
        this.#log.warn("damaged", `${claim.damaged} records of the spool could not be read.`);
      return claim;
    } catch (error) {
      this.#heartbeat.delete(claimed);
      this.#log.attempt("read", () => this.#directory.release(claimed));
      this.#log.fault("read", error);
      return undefined;
    }
  }

  #removeOld(): void {
    // What this process has written itself may be too old, too.
    if (this.#writer.began !== undefined && this.#expiry.concerns(this.#writer.began)) this.seal();
    this.#expiry.removeOld();
  }

  #expired(spans: number, isOwn: boolean): void {
    this.counters.expired += spans;
    if (isOwn) this.#options.lost?.(spans);
  }
}
