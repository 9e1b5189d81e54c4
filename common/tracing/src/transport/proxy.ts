import type { Agent, ClientRequest } from "node:http";
import type { Socket } from "node:net";
import type { HttpsProxyAgent } from "https-proxy-agent";
import { getProxyForUrl } from "proxy-from-env";
import { isExcepted } from "./no-proxy.ts";
import type { Trust } from "./trust.ts";

const VARIABLES = ["https_proxy", "http_proxy", "all_proxy"];

/** A proxy as the environment names it, with its credentials apart: a URL may be printed, a secret not. */
export interface Proxy {
  readonly url: string;
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Whether the environment names a proxy at all; nothing is loaded as long as not. */
export function mayNeedProxy(env: NodeJS.ProcessEnv = process.env): boolean {
  return VARIABLES.some((name) => readVariable(name, env) !== "");
}

function readVariable(name: string, env: NodeJS.ProcessEnv): string {
  return env[name] || env[name.toUpperCase()] || "";
}

/**
 * The proxy for a URL by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; undefined for none. Loads nothing: a process
 * that dies of an exception asks, too, and in a bundle nothing would be found.
 */
export function findProxy(url: string): Proxy | undefined {
  if (!mayNeedProxy() || isExcepted(new URL(url), readVariable("no_proxy", process.env))) return undefined;
  const named = getProxyForUrl(url);
  return named === "" ? undefined : parseProxy(named);
}

/** @throws Error without any part of the URL, which may hold a password. */
function parseProxy(named: string): Proxy {
  const url = URL.canParse(named) ? new URL(named) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new Error("the proxy in the environment is not an http or https URL");
  }
  const { username, password } = url;
  url.username = "";
  url.password = "";
  if (username === "" && password === "") return { url: url.href, headers: {} };
  const credentials = `${decode(username)}:${decode(password)}`;
  const basic = Buffer.from(credentials).toString("base64");
  return { url: url.href, headers: { "Proxy-Authorization": `Basic ${basic}` } };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface ProxyAgentOptions {
  readonly secure: boolean;
  readonly trust: Trust;
  /** Breaks off connections that are not established yet, which no agent knows of. */
  readonly signal: AbortSignal;
}

/** An agent that reaches https targets by CONNECT, and has the proxy fetch http ones. */
export async function createProxyAgent(proxy: Proxy, options: ProxyAgentOptions): Promise<Agent> {
  const { secure, trust, signal } = options;
  const settings = { keepAlive: true, headers: { ...proxy.headers }, ...trust };
  if (secure) {
    const { HttpsProxyAgent } = await import("https-proxy-agent");
    return breakingOff(new HttpsProxyAgent(proxy.url, settings), signal);
  }
  const { HttpProxyAgent } = await import("http-proxy-agent");
  return breakingOff(new HttpProxyAgent(proxy.url, settings), signal);
}

/** What both kinds of agent have in common. */
interface ProxyAgent extends Agent {
  readonly connectOpts: { signal?: AbortSignal | undefined };
  connect(
    request: ClientRequest,
    options: Parameters<HttpsProxyAgent<string>["connect"]>[1],
  ): Promise<Socket>;
}

/**
 * Has the signal break off connections that are being made. Each gets a signal of its own: on one that lives as long as
 * the agent, Node would leave a listener for each connection, and with it the socket.
 */
function breakingOff(agent: ProxyAgent, signal: AbortSignal): Agent {
  const connect = agent.connect.bind(agent);
  agent.connect = async (request, options) => {
    const own = new AbortController();
    const abort = (): void => own.abort();
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    agent.connectOpts.signal = own.signal;
    try {
      return await connect(request, options);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  };
  return agent;
}
