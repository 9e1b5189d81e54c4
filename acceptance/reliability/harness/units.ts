import { type ChildProcess, fork } from "node:child_process";
import cluster from "node:cluster";
import { once } from "node:events";
import { isMainThread, threadId, Worker, workerData } from "node:worker_threads";
import { context, propagation } from "@opentelemetry/api";
import { continueTrace, loadTracingConfig, startTracing, withSpan } from "tracekeep";

// Run as `units.ts KIND ENDING`: this process and two more units, which KIND makes, each trace for themselves in
// one common trace. ENDING is `shutdown`, or `natural` for units that just have nothing left to do.
type Kind = "worker" | "cluster" | "fork";
type Carrier = Record<string, string>;

const UNITS = 2;
const SPANS = 200;
const [kind = "fork", ending = "shutdown"] = process.argv.slice(2) as [Kind, string];
const isFirst = isMainThread && process.env.CARRIER === undefined;

const tracing = startTracing(loadTracingConfig({ serviceName: "units", cwd: "/" }));

function makeSpans(): void {
  for (let number = 0; number < SPANS; number++) {
    const attributes = { "unit.pid": process.pid, "unit.thread": threadId, "unit.number": number };
    withSpan("span", { attributes }, () => {});
  }
}

/** Resolves when the unit has ended; rejects if it failed. */
async function runUnit(carrier: Carrier): Promise<void> {
  const unit = begin(carrier);
  const [code] = await once(unit, "exit");
  if (code !== 0) throw new Error(`A unit ended with ${code}.`);
}

function begin(carrier: Carrier): Worker | ChildProcess {
  const CARRIER = JSON.stringify(carrier);
  const argv = process.argv.slice(2);
  if (kind === "worker") return new Worker(import.meta.filename, { argv, workerData: carrier });
  if (kind === "cluster") return cluster.fork({ CARRIER }).process;
  return fork(import.meta.filename, argv, { env: { ...process.env, CARRIER } });
}

async function first(): Promise<void> {
  await withSpan("all", async () => {
    const carrier: Carrier = {};
    propagation.inject(context.active(), carrier);
    const units = Array.from({ length: UNITS }, () => runUnit(carrier));
    makeSpans();
    await Promise.all(units);
  });
}

if (isFirst) await first();
else {
  const carrier: Carrier = isMainThread ? JSON.parse(process.env.CARRIER ?? "{}") : workerData;
  continueTrace(carrier, { name: "unit" }, makeSpans);
}
if (ending === "shutdown") await tracing.shutdown();
// Otherwise the channel to the first process would keep it alive.
if (cluster.worker !== undefined) cluster.worker.disconnect();
else if (!isFirst && isMainThread) process.disconnect?.();
