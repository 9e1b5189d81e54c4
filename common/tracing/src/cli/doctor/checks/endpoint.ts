import { STATUS_CODES } from "node:http";
import type { Destination } from "../../../export/destinations.ts";
import type { HttpResponse } from "../../../transport/http/response-reader.ts";
import type { Delivery } from "../../probe/deliver.ts";
import { type Finding, fault, notChecked, ok } from "../finding.ts";

const OTLP_MISSING =
  "set TRACE_EXPORT_PROTOCOL=envelope for Sentry before 26.5, GlitchTip or Spotlight; otherwise correct SENTRY_DSN";

const MISSING: readonly number[] = [404, 410];
const NOT_UNDERSTOOD: readonly number[] = [400, 405, 406, 413, 415, 422];
/** The endpoint is one; what the key may do has a check of its own. */
const ABOUT_THE_KEY: readonly number[] = [401, 403, 429];

/** Whether what answers is an intake of traces. */
export function checkEndpoint(name: string, destination: Destination, delivery: Delivery): Finding {
  const { answer, error } = delivery;
  if (answer === undefined) {
    const reason = error?.code ?? error?.message ?? "unknown";
    if (reason === "NOT_HTTP") {
      return fault(
        name,
        `${new URL(destination.url).host} does not answer in HTTP/1.1`,
        "use the port that takes OTLP by HTTP, which is mostly 4318; 4317 is that of gRPC",
      );
    }
    return isOthers(reason)
      ? notChecked(name, "the request did not get there")
      : fault(
          name,
          `no answer (${reason})`,
          "look whether the URL begins with http:// or https:// as the server wants it, and whether the server is up",
        );
  }
  const { host, pathname } = new URL(destination.url);
  const path = destination.envelope === undefined ? pathname : "/envelope/";
  const { status } = answer;
  if (MISSING.includes(status))
    return missing(name, destination, `nothing takes traces at ${path} of ${host} (${status})`);
  if (status >= 300 && status < 400) {
    return fault(
      name,
      `${host} sends requests elsewhere (${status})`,
      `use the URL that it names${location(answer)}`,
    );
  }
  if (isHtml(answer)) {
    return fault(
      name,
      `${host} answers with a web page (${status}): a login page, a proxy, or another server`,
      "correct the URL, or let requests of services pass without a login",
    );
  }
  if (status >= 500) {
    return fault(name, `${host} fails (${status})`, "look at the server; traces are sent again for a while");
  }
  if (NOT_UNDERSTOOD.includes(status)) {
    return missing(name, destination, `${host} does not understand a trace (${status})`);
  }
  if (status >= 300 && !ABOUT_THE_KEY.includes(status)) return refused(name, host, status);
  return ok(name, `${host} takes traces${destination.envelope === undefined ? " by OTLP" : " in envelopes"}`);
}

/** Certificates and proxies have checks of their own. */
function isOthers(reason: string): boolean {
  return /^the proxy answered|CERT|SSL|EPROTO|UNABLE_TO/.test(reason);
}

function missing(name: string, { name: destination, envelope }: Destination, what: string): Finding {
  if (!destination.startsWith("sentry ")) {
    return fault(name, what, "correct OTEL_EXPORTER_OTLP_TRACES_ENDPOINT; its path is mostly /v1/traces");
  }
  return fault(
    name,
    what,
    envelope === undefined ? OTLP_MISSING : "correct the host and the project in SENTRY_DSN",
  );
}

/** Whatever else a server, or something before it, may say. */
function refused(name: string, host: string, status: number): Finding {
  const what = [status, STATUS_CODES[status]].filter(Boolean).join(" ");
  return fault(
    name,
    `${host} refuses a trace (${what})`,
    status === 402
      ? `look at the plan and the quota of your account at ${host}`
      : `look for the reason in the log of ${host}, or of a gateway or firewall before it`,
  );
}

function isHtml({ headers }: HttpResponse): boolean {
  return headers["content-type"]?.includes("text/html") === true;
}

/** Where it points to, without what may be a secret in it. */
function location({ headers }: HttpResponse): string {
  const { location: target = "" } = headers;
  return URL.canParse(target) ? `: ${new URL(target).origin}` : "";
}
