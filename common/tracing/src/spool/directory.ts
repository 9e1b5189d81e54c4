import {
  accessSync,
  closeSync,
  constants as flags,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { nameOf, parseName, type SpoolFile } from "./file-name.ts";
import { createOwner, isDead, type Owner } from "./owner.ts";

/** Owners say that they live this often, in milliseconds. */
export const HEARTBEAT_MS = 15_000;
/** A file whose owner has been silent for so long is taken over. */
const SILENT_MS = 4 * HEARTBEAT_MS;

/** The files in the spool's directory, and who may use which. Throws what the file system throws. */
export class SpoolDirectory {
  readonly owner: Owner = createOwner();
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** Makes the directory if it is not there; only this user may look into it. */
  make(): void {
    makeDirectory(this.#path);
  }

  /** Throws if nothing can be kept here. */
  check(): void {
    this.make();
    accessSync(this.#path, flags.W_OK | flags.X_OK);
  }

  pathOf(file: SpoolFile): string {
    return join(this.#path, nameOf(file));
  }

  /** All files, the oldest first; none if there is no directory. */
  list(): SpoolFile[] {
    let names: string[] = [];
    ifThere(() => {
      names = readdirSync(this.#path);
    });
    return names.flatMap((name) => parseName(name) ?? []).sort((a, b) => a.began - b.began);
  }

  bytes(): number {
    return this.list().reduce((sum, file) => sum + (this.#stat(file)?.size ?? 0), 0);
  }

  /** A new file that nobody else has; nothing is followed, since the directory may not be ours alone. */
  create(file: SpoolFile): number {
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = flags;
    return openSync(this.pathOf(file), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  }

  openClaimed(file: SpoolFile): number {
    const { O_RDWR, O_NOFOLLOW = 0 } = flags;
    return openSync(this.pathOf(file), O_RDWR | O_NOFOLLOW);
  }

  /** Takes a file for itself; undefined if somebody else has been faster. */
  claim(file: SpoolFile): SpoolFile | undefined {
    const claimed: SpoolFile = { ...file, state: "claim", owner: this.owner };
    // Touched first, so that whoever looks at the new name finds an owner that lives.
    return this.touch(file) && this.#rename(file, claimed) ? claimed : undefined;
  }

  /** Gives a file back, for whoever claims it. */
  release(file: SpoolFile): void {
    this.#rename(file, { ...file, state: "ready", owner: undefined });
  }

  remove(file: SpoolFile): void {
    ifThere(() => unlinkSync(this.pathOf(file)));
  }

  /** Says that the owner lives; false if the file is not there any more. */
  touch(file: SpoolFile): boolean {
    const now = Date.now() / 1_000;
    return ifThere(() => utimesSync(this.pathOf(file), now, now));
  }

  /** Whether this process may claim the file: it is ready, or its owner is gone. */
  isFree(file: SpoolFile): boolean {
    const found = this.#stat(file);
    // What another user has put here is not to go out in our name.
    if (found === undefined || !found.isFile() || found.uid !== (process.getuid?.() ?? found.uid))
      return false;
    if (file.owner === undefined || isDead(file.owner, this.owner)) return true;
    return file.owner.token !== this.owner.token && Date.now() - found.mtimeMs > SILENT_MS;
  }

  /** Makes sure that names survive a loss of power, too. */
  sync(): void {
    const descriptor = openSync(this.#path, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }

  #rename(from: SpoolFile, to: SpoolFile): boolean {
    return ifThere(() => renameSync(this.pathOf(from), this.pathOf(to)));
  }

  #stat(file: SpoolFile): Stats | undefined {
    let found: Stats | undefined;
    ifThere(() => {
      found = lstatSync(this.pathOf(file));
    });
    return found;
  }
}

/** Not by Node's `recursive`, which never returns where the file system makes no directories, as in /proc. */
function makeDirectory(path: string): void {
  const make = (): boolean => ifThere(() => mkdirSync(path, { mode: 0o700 }));
  try {
    if (make()) return;
    if (dirname(path) !== path) makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** False if the file is not there; others may rename or remove it at any time. */
function ifThere(action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
