import { getProxyForUrl } from "proxy-from-env";
import { isExcepted } from "./no-proxy.ts";
import { requestFault } from "./request-fault.ts";

export const PROXY_AUTHENTICATION_REQUIRED = 407;

/** A proxy as the environment names it, with its credentials apart: a URL may be printed, a secret not. */
export interface HttpProxy {
  readonly url: string;
  /** Secret. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The proxy for a URL by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; undefined for none. Loads nothing: a process
 * that dies of an exception asks, too, and in a bundle nothing would be found.
 */
export function findProxy(url: string): HttpProxy | undefined {
  const { no_proxy: lower, NO_PROXY: upper } = process.env;
  if (isExcepted(new URL(url), lower || upper || "")) return undefined;
  const named = getProxyForUrl(url);
  return named === "" ? undefined : parseProxy(named);
}

/** @throws Error without any part of the URL, which may hold a password. */
function parseProxy(named: string): HttpProxy {
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

/** Without the proxy's URL, and worth another try: nothing has reached the destination. */
export function proxyFault(status: number): Error {
  const advice = status === PROXY_AUTHENTICATION_REQUIRED ? ": check the credentials in HTTPS_PROXY" : "";
  return requestFault("proxy", `the proxy answered with status ${status}${advice}`);
}
