import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import { outsideOfRequests } from "../../outside-of-requests.ts";
import type { HttpProxy } from "../proxy.ts";
import { openTunnel } from "./tunnel.ts";
import { untilSettled } from "./until-settled.ts";

/** Whose certificates are accepted; read once, since to read them takes 11 ms. */
export interface TlsSettings {
  readonly rejectUnauthorized: true;
  /** Undefined: Node's own. */
  readonly secureContext?: SecureContext | undefined;
}

/** The way to a server. */
export interface Route {
  readonly target: URL;
  readonly trust: TlsSettings;
  readonly proxy: HttpProxy | undefined;
}

/** How often the system looks whether a silent peer is still there. */
const KEEP_ALIVE_MS = 1_000;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Connects, by a proxy through a tunnel where the target is https. The signal breaks it off, and rejects with its reason. */
export async function dial({ target, trust, proxy }: Route, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  if (proxy === undefined) return connectTo(target, trust, signal);
  const socket = await connectTo(new URL(proxy.url), trust, signal);
  if (target.protocol !== "https:") return socket;
  const { host, port, servername } = addressOf(target);
  try {
    await openTunnel(socket, `${target.hostname}:${port}`, proxy, signal);
    // What befalls it is told by the one on top of it.
    socket.on("error", () => {});
    const secure = () => connectTls({ ...trust, socket, host, servername });
    return await connected(secure, "secureConnect", signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function connectTo(url: URL, trust: TlsSettings, signal: AbortSignal): Promise<Socket> {
  const { host, port, servername } = addressOf(url);
  const settings = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  if (url.protocol !== "https:") return connected(() => connect(settings), "connect", signal);
  const secure = () => connectTls({ ...settings, ...trust, servername });
  return connected(secure, "secureConnect", signal);
}

/** No address is a name for TLS (RFC 6066, 3). */
function addressOf({ hostname, port, protocol }: URL): { host: string; port: number; servername: string } {
  const host = hostname.replace(/^\[|\]$/g, "");
  return {
    host,
    port: port === "" ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port),
    servername: isIP(host) === 0 ? host : "",
  };
}

async function connected(
  open: () => Socket,
  event: "connect" | "secureConnect",
  signal: AbortSignal,
): Promise<Socket> {
  const socket = outsideOfRequests(open);
  await untilSettled(socket, signal, (resolve) => {
    socket.once(event, resolve);
    return () => void socket.off(event, resolve);
  });
  return socket;
}
