import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";

/** What a process sees of a container: this machine's programs below, the image's files above. */
export interface Sandbox {
  /** The image's files: what is written goes here. */
  readonly layer: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  /** `UID:GID` */
  readonly user: string;
  readonly readOnly?: boolean;
  /** Folders of this machine by where they are mounted. */
  readonly volumes?: Readonly<Record<string, string>>;
}

/** Node.js in the place where the base image has it, and npm from wherever this machine has it. */
const NODE = "/usr/local/bin/node";
const PATH = `${dirname(NODE)}:/usr/bin:/bin:${process.env.PATH}`;

/** Mounts the image's layer over this machine's root, and becomes the process: number 1 of its own processes. */
const ENTER = `set -e
layer=$1 node=$2 mode=$3 user=$4 workdir=$5; shift 5
root=$layer.root
mkdir -p "$layer.work" "$root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$layer,workdir=$layer.work" "$root"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind /etc/resolv.conf "$root/etc/resolv.conf"
touch "$root${NODE}"
mount --bind "$node" "$root${NODE}"
while [ "$1" != -- ]; do mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2; done; shift
mount -o "remount,$mode" "$root"
exec chroot --userspec="$user" "$root" env -i -C "$workdir" "$@"`;

const UNSHARE = ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, "enter"];

/** Why this machine cannot run an image so; undefined if it can. */
export function whyNot(scratch: string): string | undefined {
  mkdirSync(`${scratch}/try`, { recursive: true });
  const sandbox = { layer: `${scratch}/try`, workdir: "/", env: {}, user: "1000:1000" };
  const { status, stderr, error } = spawnSync("unshare", argumentsOf(sandbox, ["true"]), {
    encoding: "utf8",
  });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

/**
 * Runs a command to its end.
 * @throws Error with what it wrote, unless it ends with code 0
 */
export function run(sandbox: Sandbox, command: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("unshare", argumentsOf(sandbox, command), {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with code ${status}: ${stderr}${stdout}`);
  return stdout;
}

/** A container that runs; its process 1 is `pid` to this machine. */
export interface Running {
  readonly pid: number;
  /** What it has written so far. */
  output(): string;
  /** Sends the signal to process 1 and resolves to the exit code. */
  stop(signal: NodeJS.Signals): Promise<number | null>;
}

/** Starts a command that goes on; resolves when it has a process. */
export async function start(sandbox: Sandbox, command: readonly string[]): Promise<Running> {
  const options: SpawnOptions = { stdio: ["ignore", "pipe", "pipe"] };
  const outer = spawn("unshare", argumentsOf(sandbox, command), options);
  const written: Buffer[] = [];
  for (const stream of [outer.stdout, outer.stderr]) stream?.on("data", (data: Buffer) => written.push(data));
  const closed = once(outer, "close");
  const pid = await childOf(outer);
  return {
    pid,
    output: () => Buffer.concat(written).toString(),
    async stop(signal) {
      process.kill(pid, signal);
      const [code] = await closed;
      return code as number | null;
    },
  };
}

async function childOf({ pid }: ChildProcess): Promise<number> {
  for (;;) {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    if (child) return Number(child);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function argumentsOf(sandbox: Sandbox, command: readonly string[]): string[] {
  const { layer, workdir, env, user, readOnly = false, volumes = {} } = sandbox;
  const mounts = Object.entries(volumes).flatMap(([place, folder]) => [folder, place]);
  const variables = Object.entries({ PATH, ...env }).map(([name, value]) => `${name}=${value}`);
  const mode = readOnly ? "ro" : "rw";
  return [
    ...UNSHARE,
    layer,
    process.execPath,
    mode,
    user,
    workdir,
    ...mounts,
    "--",
    ...variables,
    ...command,
  ];
}
