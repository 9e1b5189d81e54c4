import { type ArrivedSpan, startIntake } from "../../common/tracing/test/harness/intake.ts";
import { type Child, startChild } from "../processes/child.ts";
import type { LoadQuestion, LoadReply } from "./processes/load.ts";
import type { ServiceReady, ServiceState } from "./processes/service.ts";
import type { SpansQuestion } from "./processes/spans.ts";
import { formatTable } from "./table.ts";

const SERVICE = new URL("./processes/service.ts", import.meta.url);
const SPANS = new URL("./processes/spans.ts", import.meta.url);
const LOAD = new URL("./processes/load.ts", import.meta.url);
/** Of the spans that the record holds, so many more are recorded once it is full. */
const BEYOND_FULL = 0.05;
/** What one process cannot answer is driven without requests. */
const MOST_BY_SOCKETS = 1_000;
const PACES = [100, 1_000, 10_000];

export interface HorizonRow {
  readonly perSecond: number;
  /** Real requests, or their spans alone. */
  readonly drivenBy: "gRPC calls" | "spans alone";
  readonly spansPerRequest: number;
  readonly bytesPerSpan: number;
  readonly spans: number;
  readonly horizonSeconds: number;
}

/** How far back the record of a service reaches that calls another one for each request. */
export async function measureHorizon(
  paces: readonly number[],
  progress: (line: string) => void,
): Promise<HorizonRow[]> {
  const rows: HorizonRow[] = [];
  for (const perSecond of paces) {
    const bySockets = perSecond <= MOST_BY_SOCKETS;
    progress(`horizon: ${perSecond} requests a second, until the record is full`);
    const record = bySockets ? await fillByCalls(perSecond) : await fillBySpans(perSecond);
    rows.push({
      perSecond,
      drivenBy: bySockets ? "gRPC calls" : "spans alone",
      spansPerRequest: record.spans / record.traces,
      bytesPerSpan: record.usedBytes / record.spans,
      spans: record.spans,
      horizonSeconds: record.horizonSeconds,
    });
  }
  return rows;
}

export const horizonPaces = (quick: boolean): readonly number[] => PACES.slice(quick ? 1 : 0);

type Drive = (requests: number) => Promise<ServiceState>;

/** Drives for a second at a time until the record is full, and some more. */
async function fill(perSecond: number, drive: Drive) {
  for (;;) {
    const { tracing } = await drive(perSecond);
    if (tracing === undefined) throw new Error("The service is not traced.");
    const { record } = tracing;
    if (record.evicted > record.spans * BEYOND_FULL) return record;
  }
}

async function fillByCalls(perSecond: number) {
  await using load = await startChild<object>(LOAD, { name: "load" });
  await using callee = await startChild<ServiceReady>(SERVICE, { name: "callee", args: ["traced"] });
  await using service = await startService(callee);
  return await fill(perSecond, async (requests) => {
    const question: LoadQuestion = { address: service.ready.address, requests, failing: 0, perSecond };
    await service.watch(load.ask<LoadReply>({ ...question }));
    return service.ask<ServiceState>("state");
  });
}

async function fillBySpans(perSecond: number) {
  const sample = await sampleRequest();
  await using driver = await startChild<object>(SPANS, { name: "spans" });
  return await fill(perSecond, (requests) => driver.ask<ServiceState>({ ...sample, requests, perSecond }));
}

/** One real request, and what is on the two spans that the service makes of it. */
async function sampleRequest(): Promise<Pick<SpansQuestion, "name" | "server" | "client">> {
  const intake = await startIntake();
  try {
    await using load = await startChild<object>(LOAD, { name: "load" });
    await using callee = await startChild<ServiceReady>(SERVICE, { name: "callee", args: ["traced"] });
    await using service = await startService(callee, {
      SENTRY_DSN: intake.dsn,
      TRACE_SAMPLE_RATE: "1",
      TRACE_EXPORT_INTERVAL_MS: "10",
    });
    const question: LoadQuestion = { address: service.ready.address, requests: 1, failing: 0 };
    await service.watch(load.ask<LoadReply>({ ...question }));
    const find = (kind: number) => intake.spans.find((span) => span.kind === kind);
    await intake.until(() => find(2) !== undefined && find(3) !== undefined, "the spans of a request");
    const [server, client] = [find(2), find(3)] as [ArrivedSpan, ArrivedSpan];
    return { name: server.name, server: attributesOf(server), client: attributesOf(client) };
  } finally {
    await intake.close();
  }
}

/** Those that are not put on every span that leaves. */
function attributesOf({ attributes }: ArrivedSpan): SpansQuestion["server"] {
  const {
    "sentry.release": _release,
    "sentry.client_sample_rate": _rate,
    "tracekeep.keep.reason": _reason,
    ...own
  } = attributes;
  return own as SpansQuestion["server"];
}

function startService(callee: Child<ServiceReady>, env: Record<string, string> = {}) {
  return startChild<ServiceReady>(SERVICE, { name: "service", args: ["traced", callee.ready.address], env });
}

export function formatHorizon(rows: readonly HorizonRow[]): string {
  const cells = rows.map((row) => [
    row.perSecond.toLocaleString("en"),
    row.drivenBy,
    row.spansPerRequest.toFixed(2),
    row.bytesPerSpan.toFixed(0),
    row.spans.toLocaleString("en"),
    row.horizonSeconds.toFixed(1),
  ]);
  return [
    "Horizon: a service that calls another, with the default record of 16 MiB",
    formatTable(
      ["requests a second", "driven by", "spans a request", "bytes a span", "spans", "seconds back"],
      cells,
    ),
  ].join("\n");
}
