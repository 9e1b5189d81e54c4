import { parseArgs } from "node:util";
import { startChild } from "../../../bench/processes/child.ts";
import type { SinkReady, SinkReply } from "./sink.ts";
import type { SourceQuestion, SourceReady, SourceReply } from "./source.ts";

const USAGE = `Usage: node acceptance/reliability/throughput/main.ts [--rate 10000] [--seconds 60]

Sends spans at a rate to a healthy endpoint in a process of its own, and counts both ends.
Exit codes: 0 none was lost and the queue stayed in its bound, 1 otherwise.
`;
const REPORT_SECONDS = 5;

const { values } = parseArgs({
  options: { rate: { type: "string" }, seconds: { type: "string" }, help: { type: "boolean" } },
});
if (values.help) process.stdout.write(USAGE);
else process.exitCode = await measure(Number(values.rate ?? 10_000), Number(values.seconds ?? 60));

async function measure(perSecond: number, seconds: number): Promise<number> {
  await using sink = await startChild<SinkReady>(new URL("./sink.ts", import.meta.url), { name: "sink" });
  await using source = await startChild<SourceReady>(new URL("./source.ts", import.meta.url), {
    name: "source",
    env: { SENTRY_DSN: sink.ready.dsn, TRACE_SAMPLE_RATE: "1" },
  });
  const ask = (question: SourceQuestion) => source.ask<SourceReply>(question);
  const begin = performance.now();
  let made = 0;
  for (let second = 0; second < seconds; second += REPORT_SECONDS) {
    const spans = perSecond * Math.min(REPORT_SECONDS, seconds - second);
    const { export: sent, mostQueuedBytes, cpu, rss } = await ask({ spans, perSecond });
    made += spans;
    const elapsed = (performance.now() - begin) / 1_000;
    process.stderr.write(
      `${elapsed.toFixed(0)} s: ${Math.round(made / elapsed)} spans/s made, ${sent.sent} sent, ${sent.queuedSpans} wait, ` +
        `queue at most ${toMB(mostQueuedBytes)} MB, ${((100 * cpu) / elapsed).toFixed(0)} % of a core, ${toMB(rss)} MB resident\n`,
    );
  }
  const elapsed = (performance.now() - begin) / 1_000;
  const { export: sent, mostQueuedBytes } = await ask("flush");
  const arrived = await sink.ask<SinkReply>("count");
  const { queueBytes } = source.ready;
  process.stdout.write(
    `${made} spans made in ${elapsed.toFixed(1)} s (${Math.round(made / elapsed)} a second); ${arrived.spans} arrived in ${arrived.requests} requests, ` +
      `${toMB(arrived.bytes)} MB compressed; dropped ${JSON.stringify(sent.dropped)}; queue at most ${toMB(mostQueuedBytes)} of ${toMB(queueBytes)} MB.\n`,
  );
  return arrived.spans === made && mostQueuedBytes <= queueBytes ? 0 : 1;
}

function toMB(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
