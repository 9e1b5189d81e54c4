import { basename } from "node:path";
import { gunzipSync } from "node:zlib";
import type { Parcel } from "../transport/parcel.ts";
import { findProxy } from "../transport/proxy.ts";
import { trustOf } from "../transport/trust.ts";
import { CHILD_PROGRAM, type ChildRequests } from "./child-program.ts";

/** Something else than Node under this name would start the service again. */
const IS_NODE = /^node(js)?[\d.]*(\.exe)?$/i;

/**
 * Sends requests while the process stands still, by a child process; everything that is secret goes over a pipe.
 *
 * @returns how many were taken within the limit, in milliseconds.
 * @throws Error if one target's proxy cannot be used, once the others have got theirs.
 */
export function sendNow(parcels: readonly Parcel[], limitMs: number): number {
  if (parcels.length === 0 || !IS_NODE.test(basename(process.execPath))) return 0;
  const requests: ChildRequests[] = [];
  let fault: unknown;
  // By target, so that certificates, which are many, are there once.
  for (const [target, those] of Map.groupBy(parcels, (parcel) => parcel.target)) {
    try {
      requests.push(toRequests(target, those));
    } catch (error) {
      fault = error;
    }
  }
  const taken = requests.length === 0 ? 0 : runChild(requests, limitMs);
  if (fault !== undefined) throw fault;
  return taken;
}

function runChild(requests: readonly ChildRequests[], limitMs: number): number {
  const { spawnSync } = process.getBuiltinModule("node:child_process");
  const { stdout } = spawnSync(process.execPath, ["--no-warnings", "--eval", CHILD_PROGRAM], {
    input: JSON.stringify(requests),
    timeout: limitMs,
    killSignal: "SIGKILL",
    env: childEnvironment(),
    stdio: ["pipe", "pipe", "ignore"],
    windowsHide: true,
    encoding: "utf8",
  });
  return Number(stdout) || 0;
}

function toRequests({ url, headers, ca }: Parcel["target"], parcels: readonly Parcel[]): ChildRequests {
  return {
    url,
    headers,
    ca: trustOf(ca ?? []).ca,
    bodies: parcels.map(({ body, gzip }) => Buffer.from(gzip ? body : gunzipSync(body)).toString("base64")),
    proxy: findProxy(url),
  };
}

/** None of the service's: neither NODE_OPTIONS, which may load anything, nor its secrets. */
function childEnvironment(): NodeJS.ProcessEnv {
  const names = ["NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA", "SSL_CERT_FILE", "SSL_CERT_DIR", "SystemRoot"];
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
}
