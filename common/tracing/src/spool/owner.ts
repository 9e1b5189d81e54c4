import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** Who uses a file of the spool; stands in the file's name. */
export interface Owner {
  /** Where process ids mean the same. */
  readonly scope: string;
  readonly pid: number;
  /** Tells tracings of one process from each other, and from a process before it with the same id. */
  readonly token: string;
}

let scope: string | undefined;

export function createOwner(): Owner {
  scope ??= createHash("sha256").update(readScope()).digest("hex").slice(0, 8);
  return { scope, pid: process.pid, token: randomBytes(4).toString("hex") };
}

/** Containers may share a directory, and a host's name, but not their process ids. */
function readScope(): string {
  try {
    return (
      readFileSync("/proc/sys/kernel/random/boot_id", "latin1") + readlinkSync("/proc/self/ns/pid", "latin1")
    );
  } catch {
    return hostname();
  }
}

/** Whether it is certain that the owner is dead; of other machines and containers that cannot be known. */
export function isDead(owner: Owner, own: Owner): boolean {
  if (owner.scope !== own.scope || owner.pid === own.pid) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
