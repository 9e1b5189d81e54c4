import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { chownSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** A Postgres that only this process uses. */
export interface PrivatePostgres {
  /** With user and password. */
  readonly url: string;
  /** Stops it, whoever is connected, and removes its data. */
  stop(): Promise<void>;
}

/** Nothing that it keeps has to survive: it need not wait for the disk. */
const settings = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"];

/**
 * Starts a Postgres of its own in a temporary folder, on a free port of 127.0.0.1.
 * @throws Error if Postgres is not installed or does not start
 */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const binaries = findBinaries();
  const folder = mkdtempSync(join(tmpdir(), "tracekeep-postgres-"));
  try {
    const password = randomBytes(16).toString("hex");
    const owner = ownerOf(folder);
    initialise(binaries, folder, password, owner);
    const port = await freePort();
    const network = ["-h", "127.0.0.1", "-p", String(port), "-k", ""];
    const parameters = ["-D", join(folder, "data"), ...network, ...settings.flatMap((one) => ["-c", one])];
    const server = spawn(join(binaries, "postgres"), parameters, {
      ...owner,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      // A terminal's Ctrl+C is not for Postgres, which is stopped last.
      detached: true,
    });
    await ready(server);
    const stop = async () => {
      const closed = once(server, "close");
      // A fast shutdown, which does not wait for clients.
      server.kill("SIGINT");
      await closed;
      rmSync(folder, { recursive: true, force: true });
    };
    return { url: `postgres://tracekeep:${password}@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The folder of Postgres's programs: where Debian keeps them, or on PATH. */
function findBinaries(): string {
  const debian = globSync("/usr/lib/postgresql/*/bin").sort().reverse();
  const folders = [...debian, ...(process.env.PATH ?? "").split(delimiter)];
  const found = folders.find((folder) =>
    ["initdb", "postgres"].every((name) => existsSync(join(folder, name))),
  );
  if (!found) throw new Error("Postgres is not installed: on Debian, run apt-get install -y postgresql");
  return found;
}

/** Postgres does not run as root: another account then gets the folder. */
function ownerOf(folder: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) => Number(spawnSync("id", [flag, "nobody"], { encoding: "utf8" }).stdout);
  const [uid, gid] = [id("-u"), id("-g")];
  chownSync(folder, uid, gid);
  return { uid, gid };
}

function initialise(binaries: string, folder: string, password: string, owner: object): void {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  const access = ["--username=tracekeep", `--pwfile=${passwordFile}`, "--auth=scram-sha-256"];
  const parameters = [...access, "--no-locale", "--encoding=UTF8", join(folder, "data")];
  const { status, stderr, error } = spawnSync(join(binaries, "initdb"), parameters, {
    ...owner,
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`initdb failed: ${stderr || error?.message}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function ready({ stderr }: ChildProcess): Promise<void> {
  if (!stderr) throw new Error("Postgres has no log");
  const log: string[] = [];
  for await (const line of createInterface(stderr)) {
    log.push(line);
    if (line.includes("ready to accept connections")) {
      stderr.resume();
      return;
    }
  }
  throw new Error(`Postgres did not start:\n${log.join("\n")}`);
}
