import { closeSync, fsyncSync, ftruncateSync, writeSync } from "node:fs";
import type { SpoolDirectory } from "./directory.ts";
import { newFile, type SpoolFile } from "./file-name.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { SpoolLog } from "./spool-log.ts";

export interface SpoolWriterOptions {
  readonly directory: SpoolDirectory;
  /** The destination's. */
  readonly key: string;
  /** A file is closed at this size, so that what has been sent of it, or is too old, can be removed. */
  readonly fileBytes: number;
  readonly heartbeat: Heartbeat;
  readonly log: SpoolLog;
}

interface OpenFile {
  readonly file: SpoolFile;
  readonly descriptor: number;
  /** Of whole records. */
  bytes: number;
}

/** Writes records to a file of its own, and begins another one once it is large enough. */
export class SpoolWriter {
  readonly #options: SpoolWriterOptions;
  #open: OpenFile | undefined;

  constructor(options: SpoolWriterOptions) {
    this.#options = options;
  }

  /** When the file was begun that is open now, in milliseconds since the epoch; undefined if none is. */
  get began(): number | undefined {
    return this.#open?.file.began;
  }

  /** Throws what the file system throws; nothing of the record is left then. */
  append(record: Buffer): void {
    const open = this.#openFile();
    try {
      for (let at = 0; at < record.length; ) at += writeSync(open.descriptor, record, at);
    } catch (error) {
      this.#undo(open);
      throw error;
    }
    open.bytes += record.length;
    if (open.bytes >= this.#options.fileBytes) this.seal();
  }

  /** Leaves what was written to whoever sends it; on the disk for sure once this returns. */
  seal(): void {
    const open = this.#open;
    if (open === undefined) return;
    const { directory, log } = this.#options;
    log.attempt("synchronised", () => fsyncSync(open.descriptor));
    this.#close(open);
    log.attempt("synchronised", () => {
      directory.release(open.file);
      directory.sync();
    });
  }

  #openFile(): OpenFile {
    const { directory, key, heartbeat } = this.#options;
    // A process that was stopped for long may have lost its file.
    if (this.#open !== undefined && !directory.touch(this.#open.file)) this.#close(this.#open);
    if (this.#open === undefined) {
      const file = newFile(key, Date.now(), directory.owner);
      this.#open = { file, descriptor: directory.create(file), bytes: 0 };
      heartbeat.add(file);
    }
    return this.#open;
  }

  /** Takes a torn record away: what follows it could not be found again, and a disk that is full would fill with them. */
  #undo(open: OpenFile): void {
    const { directory, log } = this.#options;
    if (open.bytes > 0) {
      log.attempt("cut", () => ftruncateSync(open.descriptor, open.bytes));
      this.seal();
    } else {
      this.#close(open);
      log.attempt("cleared", () => directory.remove(open.file));
    }
  }

  #close(open: OpenFile): void {
    this.#open = undefined;
    this.#options.heartbeat.delete(open.file);
    this.#options.log.attempt("closed", () => closeSync(open.descriptor));
  }
}
