import { lookup } from "node:dns/promises";
import { connect, isIP } from "node:net";
import { type Finding, fault, ok } from "../finding.ts";

const CONNECT_LIMIT_MS = 5_000;

/** Whether the name of a host is known. */
export async function checkDns(name: string, url: URL): Promise<Finding> {
  const host = bareHost(url);
  if (isIP(host) !== 0) return ok(name, `${host} needs none`);
  try {
    const addresses = await lookup(host, { all: true });
    return ok(name, `${host} is ${addresses.map(({ address }) => address).join(", ")}`);
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    const what =
      code === "ENOTFOUND" ? `there is no host ${host}` : `the name ${host} cannot be looked up (${code})`;
    return fault(name, what, "correct the host's name, or let this machine resolve it (DNS)");
  }
}

/** Whether something listens at a host's port. */
export async function checkConnection(name: string, url: URL): Promise<Finding> {
  const host = bareHost(url);
  const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
  const socket = connect({ host, port, signal: AbortSignal.timeout(CONNECT_LIMIT_MS) });
  const { promise, resolve } = Promise.withResolvers<Finding>();
  socket.once("connect", () => resolve(ok(name, `${host}:${port} takes connections`)));
  socket.once("error", (error: NodeJS.ErrnoException) => {
    const reason = error.name === "AbortError" ? `no answer within ${CONNECT_LIMIT_MS} ms` : error.code;
    resolve(
      fault(
        name,
        `no connection to ${host}:${port} (${reason})`,
        "start what should listen there, correct host and port, or allow the connection in the firewall",
      ),
    );
  });
  const finding = await promise;
  socket.destroy();
  return finding;
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
