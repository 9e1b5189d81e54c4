import { styleText } from "node:util";
import type { ServiceName } from "../demo/settings.ts";

type Style = Parameters<typeof styleText>[0];

const COLORS: Record<ServiceName, Style> = {
  gateway: "cyan",
  payroll: "magenta",
  ledger: "blue",
  treasury: "yellow",
};
const LEVELS: Readonly<Record<string, Style>> = {
  info: "green",
  warn: "yellow",
  error: "red",
  fatal: ["red", "bold"],
};
const LEFT_OUT = new Set([
  "level",
  "time",
  "service",
  "version",
  "environment",
  "msg",
  "err",
  "trace_id",
  "span_id",
]);

const TRACE_ID = /^[0-9a-f]{32}$/;
const LONGEST_VALUE = 200;

/** The name of a service in front of what it says. */
export function label(service: ServiceName): string {
  return styleText(COLORS[service], service.padEnd(8));
}

/**
 * A line that a service wrote, for people: time, service, level, message and fields, and where its trace is shown. What
 * is no line of the log (the error of a process that does not start) stays as it is.
 */
export function readableLine(
  service: ServiceName,
  line: string,
  traceUrl: (traceId: string) => string,
): string {
  const entry = parseEntry(line);
  if (!entry) return `${label(service)} ${visible(line)}`;
  const { level, time, msg, err, trace_id } = entry;
  const name = String(level);
  const parts = [
    styleText("dim", String(time).slice(11, 23)),
    label(service),
    styleText(LEVELS[name] ?? "dim", name.padEnd(5)),
    visible(String(msg ?? "")),
    ...Object.entries(entry).flatMap(([key, value]) => (LEFT_OUT.has(key) ? [] : [field(key, value)])),
  ];
  if (typeof trace_id === "string" && TRACE_ID.test(trace_id))
    parts.push(styleText("dim", traceUrl(trace_id)));
  return [parts.join(" "), ...linesOfError(err)].join("\n");
}

function field(key: string, value: unknown): string {
  const plain = typeof value === "string" && /^[^\s"=]+$/.test(value);
  const text = plain ? value : JSON.stringify(value);
  const shown = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  return `${styleText("dim", `${visible(key)}=`)}${visible(shown)}`;
}

function linesOfError(error: unknown): string[] {
  if (typeof error !== "object" || error === null) return [];
  const { type, message, stack } = error as Record<string, unknown>;
  const text = typeof stack === "string" ? stack : `${type}: ${message}`;
  return text.split("\n").map((line) => `    ${visible(line)}`);
}

function parseEntry(line: string): Record<string, unknown> | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    const isEntry = typeof entry === "object" && entry !== null && "level" in entry && "time" in entry;
    return isEntry ? { ...entry } : undefined;
  } catch {
    return undefined;
  }
}

/** Control characters of logged values must not reach the terminal. */
function visible(text: string): string {
  return text.replace(/(?!\t)\p{Cc}/gu, "\ufffd");
}
