import type { IncomingMessage } from "node:http";
import { HttpError } from "../intake/http-error.ts";

const LOCAL_NAMES = new Set(["127.0.0.1", "localhost", "[::1]"]);

/**
 * Refuses what a web page of another origin makes the browser send: it must neither read traces nor bring any. Programs
 * send neither `Origin` nor `Sec-Fetch-Site`, and are taken. Throws HttpError 403.
 */
export function refuseOtherOrigins({ headers }: IncomingMessage): void {
  const { origin, host = "" } = headers;
  if (origin !== undefined && !(isLocal(host) && origin === `http://${host}`)) {
    throw new HttpError(403, "web pages of other origins are not answered");
  }
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none" && !isOpening(headers)) {
    throw new HttpError(403, "web pages of other origins are not answered");
  }
}

/**
 * Refuses to read under another name than this machine's own: a page whose name was made to lead here (DNS rebinding)
 * is of the same origin to the browser. Throws HttpError 403.
 */
export function refuseOtherNames({ headers: { host = "" } }: IncomingMessage): void {
  if (!isLocal(host)) {
    throw new HttpError(403, "use http://127.0.0.1 or http://localhost with the port");
  }
}

function isLocal(host: string): boolean {
  return LOCAL_NAMES.has(host.toLowerCase().replace(/:\d{1,5}$/, ""));
}

/** Somebody follows a link to a trace: the page itself holds no data, and asks for them from its own origin. */
function isOpening(headers: IncomingMessage["headers"]): boolean {
  return headers["sec-fetch-mode"] === "navigate" && headers["sec-fetch-dest"] === "document";
}
