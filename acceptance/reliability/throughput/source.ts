import { setTimeout as delay } from "node:timers/promises";
import { type ExportStats, loadTracingConfig, startTracing, withSpan } from "tracekeep";
import { answerParent, tellParent } from "../../../bench/processes/conversation.ts";

export interface SourceReady {
  readonly queueBytes: number;
}

/** Make so many spans, or send what waits. */
export type SourceQuestion = { readonly spans: number; readonly perSecond: number } | "flush";

export interface SourceReply {
  readonly export: ExportStats;
  readonly mostQueuedBytes: number;
  /** Processor time since the start, in seconds, and resident memory, in bytes. */
  readonly cpu: number;
  readonly rss: number;
}

const SPANS_A_TRACE = 10;
const TICK_MS = 10;

const config = loadTracingConfig({
  serviceName: "source",
  serviceVersion: "1.0.0",
  environment: "test",
  cwd: "/",
});
const tracing = startTracing(config);

/** A trace as a request makes it: one span over nine. */
function makeTrace(): void {
  withSpan("POST /payments", { attributes: { "http.request.method": "POST" } }, () => {
    for (let number = 1; number < SPANS_A_TRACE; number++)
      withSpan(
        "SELECT accounts",
        { attributes: { "db.system.name": "postgresql", "db.row": number } },
        () => {},
      );
  });
}

let mostQueuedBytes = 0;
function exported(): ExportStats {
  const [stats] = Object.values(tracing.stats().export);
  if (stats === undefined) throw new Error("There is no destination.");
  mostQueuedBytes = Math.max(mostQueuedBytes, stats.queuedBytes);
  return stats;
}

async function makeSpans(spans: number, perSecond: number): Promise<void> {
  const begin = performance.now();
  for (let made = 0; made < spans; ) {
    const due = Math.min(spans, ((performance.now() - begin) * perSecond) / 1_000);
    for (; made < due; made += SPANS_A_TRACE) makeTrace();
    exported();
    await delay(TICK_MS);
  }
}

answerParent<SourceQuestion>(async (question) => {
  if (question === "flush") await tracing.forceFlush();
  else await makeSpans(question.spans, question.perSecond);
  const { user, system } = process.cpuUsage();
  return {
    export: exported(),
    mostQueuedBytes,
    cpu: (user + system) / 1_000_000,
    rss: process.memoryUsage().rss,
  } satisfies SourceReply;
});
tellParent({ queueBytes: config.export.queueBytes } satisfies SourceReady);
