import { type FSWatcher, readdirSync, type Stats, statSync, watch } from "node:fs";
import { join, relative, sep } from "node:path";

export interface FolderWatchOptions {
  /** Whether a folder below the root, by its relative path, is watched as well. */
  readonly enter: (folder: string) => boolean;
  /** Is called with the relative path of each file that was written, replaced, made or removed; several times, perhaps. */
  readonly changed: (file: string) => void;
}

/**
 * Watches a folder and those below it; returns a function that ends that.
 * Folders are watched, not files: many editors, and git, save by putting a new file in the old one's place, which ends the
 * watch of a file, `node --watch` among them.
 */
export function watchFolder(root: string, { enter, changed }: FolderWatchOptions): () => void {
  const watchers = new Map<string, { watcher: FSWatcher; identity: string }>();

  const leave = (folder: string): void => {
    watchers.get(folder)?.watcher.close();
    watchers.delete(folder);
  };
  const leaveAll = (folder: string): void => {
    for (const each of watchers.keys()) if (`${each}${sep}`.startsWith(`${folder}${sep}`)) leave(each);
  };
  const seen = (path: string): void => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats?.isDirectory()) {
      leaveAll(path);
      changed(relative(root, path));
    } else if (watchers.get(path)?.identity !== identityOf(stats)) {
      // Git and generators remove a folder and make it anew at once: the watch is of the one that is gone.
      leaveAll(path);
      add(path, seen);
    }
  };
  const add = (folder: string, found: (path: string) => void): void => {
    if (folder !== root && !enter(relative(root, folder))) return;
    const watcher = watch(folder, (_event, name) => {
      if (name !== null) seen(join(folder, name));
    });
    // The folder is gone.
    watcher.on("error", () => leave(folder));
    watchers.set(folder, { watcher, identity: identityOf(statSync(folder)) });
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) add(path, found);
      else found(path);
    }
  };

  add(root, () => {});
  return () => {
    for (const folder of watchers.keys()) leave(folder);
  };
}

/** File systems give the number of a removed folder to the next one. */
function identityOf({ ino, birthtimeMs }: Stats): string {
  return `${ino} ${birthtimeMs}`;
}
