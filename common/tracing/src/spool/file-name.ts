import { createHash, randomBytes } from "node:crypto";
import type { Owner } from "./owner.ts";

/** `open` is written to by its owner, `claim` sent by its owner, `ready` is for whoever claims it. */
export type FileState = "open" | "claim" | "ready";

/** A file of the spool; all that has to be known of it stands in its name, which a rename changes at once. */
export interface SpoolFile {
  /** The destination's key. */
  readonly key: string;
  /** When it was begun, in milliseconds since the epoch. */
  readonly began: number;
  readonly id: string;
  readonly state: FileState;
  /** Undefined if it is ready. */
  readonly owner: Owner | undefined;
}

const NAME =
  /^([0-9a-f]{16})-(\d{13})-([0-9a-f]{8})\.(?:(ready)|(open|claim)-([0-9a-f]{8})-(\d+)-([0-9a-f]{8}))$/;

/** A name for all that goes to one URL, in one form; the URL itself may hold a secret. */
export function destinationKey(url: string, contentType: string): string {
  return createHash("sha256").update(`${url}\n${contentType}`).digest("hex").slice(0, 16);
}

export function newFile(key: string, began: number, owner: Owner): SpoolFile {
  return { key, began, id: randomBytes(4).toString("hex"), state: "open", owner };
}

export function nameOf({ key, began, id, state, owner }: SpoolFile): string {
  const base = `${key}-${String(began).padStart(13, "0")}-${id}`;
  return owner === undefined
    ? `${base}.ready`
    : `${base}.${state}-${owner.scope}-${owner.pid}-${owner.token}`;
}

/** Undefined for a file that is not of the spool: it stays untouched. */
export function parseName(name: string): SpoolFile | undefined {
  const [, key = "", began, id = "", , state, scope = "", pid, token = ""] = NAME.exec(name) ?? [];
  if (began === undefined) return undefined;
  return {
    key,
    began: Number(began),
    id,
    state: (state as "open" | "claim" | undefined) ?? "ready",
    owner: state === undefined ? undefined : { scope, pid: Number(pid), token },
  };
}
