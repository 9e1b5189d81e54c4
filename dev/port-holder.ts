import { readdirSync, readFileSync, readlinkSync } from "node:fs";

export interface PortHolder {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
}

const LISTENING = "0A";

/** The process that listens on a TCP port, as far as the system lets it be known: on Linux, for one's own processes. */
export function holderOf(port: number): PortHolder | undefined {
  const sockets = new Set(["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) => listeners(table, port)));
  if (sockets.size === 0) return undefined;
  const pids = list("/proc").filter((name) => /^\d+$/.test(name));
  const pid = pids.find((each) =>
    list(`/proc/${each}/fd`).some((fd) => sockets.has(target(`/proc/${each}/fd/${fd}`))),
  );
  return pid === undefined ? undefined : { pid: Number(pid), command: commandOf(pid) };
}

/** The sockets that listen on the port, as links of file descriptors name them. */
function listeners(table: string, port: number): string[] {
  return read(table)
    .split("\n")
    .flatMap((line) => {
      const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
      return state === LISTENING && Number.parseInt(local.split(":")[1] ?? "", 16) === port
        ? [`socket:[${inode}]`]
        : [];
    });
}

function commandOf(pid: string): string {
  return read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() || "unknown";
}

// A process may end, or be another user's, at any moment of the search.
function attempt<T>(look: () => T, otherwise: T): T {
  try {
    return look();
  } catch {
    return otherwise;
  }
}
const read = (file: string): string => attempt(() => readFileSync(file, "utf8"), "");
const list = (folder: string): string[] => attempt(() => readdirSync(folder), []);
const target = (link: string): string => attempt(() => readlinkSync(link), "");
