import { closeSync, readFileSync, writeSync } from "node:fs";
import type { SpoolDirectory } from "./directory.ts";
import type { SpoolFile } from "./file-name.ts";
import { type FoundRecord, readRecords, sentMark } from "./record.ts";
import type { SpoolLog } from "./spool-log.ts";

/** A file that this process sends now. */
export interface Claim {
  /** The file's; whoever claims it, this stays. */
  readonly id: string;
  readonly records: readonly FoundRecord[];
  /** How many of its records could not be read. */
  readonly damaged: number;
  /** The record has been sent, or is not to be sent: nobody will send it again. False if the claim was lost. */
  settle(record: FoundRecord): boolean;
  /** Whether the file is still ours: a process that was stopped for long has lost it. */
  isHeld(): boolean;
  /** Removes the file if all is settled, otherwise leaves it to others. */
  close(): void;
}

/**
 * Reads a file that has been claimed. Throws what the file system throws; it is claimed still then, and not open.
 *
 * @param closed is told when it is closed.
 */
export function openClaim(
  file: SpoolFile,
  directory: SpoolDirectory,
  log: SpoolLog,
  closed: () => void,
): Claim {
  const descriptor = directory.openClaimed(file);
  const { records, damaged } = readAll(descriptor);
  let left = records.length;
  return {
    id: file.id,
    records,
    damaged,
    settle(record) {
      left--;
      const { byte, position } = sentMark(record);
      return log.attempt("used", () => writeSync(descriptor, byte, 0, 1, position)) === 1;
    },
    isHeld: () => log.attempt("used", () => directory.touch(file)) === true,
    close() {
      log.attempt("closed", () => closeSync(descriptor));
      log.attempt("used", () => (left === 0 ? directory.remove(file) : directory.release(file)));
      closed();
    },
  };
}

function readAll(descriptor: number): ReturnType<typeof readRecords> {
  try {
    return readRecords(readFileSync(descriptor));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}
