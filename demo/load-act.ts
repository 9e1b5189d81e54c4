import { type SpanNode, type Trace, waterfall } from "tracekeep-viewer";
import { accountCreated, bankDown } from "./account-traces.ts";
import { perform, type Stage } from "./act.ts";
import { problemsOf } from "./check.ts";
import { throwIfInterrupted } from "./interruption.ts";
import type { OtlpJsonFile } from "./json-file.ts";
import { sendLoad } from "./load.ts";
import type { DemoOptions, LoadFigures } from "./options.ts";
import { bad, bold, good, say } from "./text.ts";

const ARRIVAL_LIMIT_MS = 15_000;
const SPANS_A_TRACE = 12;

/** Many requests with few traces sampled; resolves to whether every trace that failed arrived whole. */
export function manyRequests(options: DemoOptions, file: OtlpJsonFile | undefined): Promise<boolean> {
  const { requests, rate, failures } = options.load;
  const env = {
    TRACE_SAMPLE_RATE: String(rate),
    // As many failures as were asked for, however fast they come.
    TRACE_KEEP_MAX_PER_SECOND: String(Math.max(100, failures)),
  };
  const store = { maxSpans: (requests + 1_000) * SPANS_A_TRACE, maxBytes: 2 ** 31 };
  return perform({ options, file, env, store }, (stage) => play(stage, options.load));
}

async function play({ intake, gateway, processes }: Stage, figures: LoadFigures): Promise<boolean> {
  const { requests, rate, failures } = figures;
  say(bold(`\n${requests} requests, ${failures} of them fail, ${percent(rate)} of the traces are sampled`));
  const { failedTraceIds, seconds } = await sendLoad(gateway, figures);
  say(`Answered in ${seconds.toFixed(1)} s.`);
  const problemsOfFailed = (traceId: string): string[] =>
    problemsOf(intake.trace(traceId), [], { ...bankDown, error: undefined });
  const broken = (): string[] => failedTraceIds.filter((traceId) => problemsOfFailed(traceId).length > 0);
  // What is still missing when the time is over is said below.
  await intake.waitUntil(() => broken().length === 0, { timeoutMs: ARRIVAL_LIMIT_MS }).catch(() => undefined);
  throwIfInterrupted();
  await processes.stop();

  const failed = new Set(failedTraceIds);
  const sampled = intake.traces().filter(({ traceId }) => !failed.has(traceId));
  const partial = sampled.filter((trace) => problemsOf(trace, [], accountCreated).length > 0);
  const [shown] = failedTraceIds.flatMap((traceId) => intake.trace(traceId) ?? []);
  if (shown) show(shown);
  const made = processes.sumOfStats("spans", "started");
  const sent = processes.sumOfStats("spans", "exported");
  say(`\nSpans made: ${made}, sent: ${sent} (${percent(sent / Math.max(made, 1))}).`);
  say(`Sampled, and without a failure: ${sampled.length} traces${partial.length > 0 ? "" : ", all whole"}.`);
  if (partial.length > 0)
    say(bad(`${partial.length} sampled traces are not whole, such as ${partial[0]?.traceId}`));
  const incomplete = broken();
  for (const traceId of incomplete.slice(0, 5))
    say(bad(`${traceId}: ${problemsOfFailed(traceId).join("; ")}`));
  const summary = `${failures - incomplete.length} of ${failures} failed traces arrived whole`;
  say(incomplete.length === 0 ? good(summary) : bad(summary));
  return incomplete.length === 0 && failedTraceIds.length === failures;
}

/** One of the failed traces, and where it began to fail. */
function show(trace: Trace): void {
  say(`\n${bold("One of the failed traces")}`);
  process.stdout.write(waterfall(trace));
  const cause = trace.nodes.find(({ span }) => span.attributes["tracekeep.root_cause"] === true);
  if (cause) say(`Root cause: ${describe(cause)}`);
}

function describe({ span }: SpanNode): string {
  const message = span.attributes["exception.message"] ?? span.statusMessage;
  return `${span.service}: ${span.name}${message === undefined ? "" : `: ${message}`}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
