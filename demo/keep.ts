import { type Intake, type Viewer, waterfall } from "tracekeep-viewer";
import { payrollRun } from "./employees.ts";
import { FOLD_AFTER, sayErrors } from "./local.ts";
import type { Processes } from "./processes.ts";
import { bold, dim, say } from "./text.ts";

const QUIET_MS = 1_000;

/** Says what can be tried. */
export function printCurlLines(gateway: string, logs: string): void {
  const post = (currency: string, institution: string, flags = "") =>
    `curl -i ${flags}${gateway}/accounts -H 'content-type: application/json' -d '{"name":"Ada Lovelace","currency":"${currency}","institution":"${institution}"}'`;
  say(`\n${bold("Everything is left running. Try:")}`);
  say(`  ${post("EUR", "NORDBANK")}`);
  say(`  ${post("XXX", "NORDBANK")}`);
  say(`  ${post("EUR", "DOWNBANK")}`);
  say(`  ${post("EUR", "SLOWBANK", "--max-time 0.5 ")}`);
  say(`  curl -i ${gateway}/accounts/unknown`);
  const run = JSON.stringify(payrollRun({ NORDBANK: 3, DOWNBANK: 1 }));
  say(`  curl -iN ${gateway}/payroll-runs -H 'idempotency-key: mine' -d '${run}'`);
  say(dim(`Logs: ${logs}. New traces are printed as they arrive. Ctrl-C stops everything.`));
}

/** Says where Prometheus would find what each service measures. */
export function printMetrics(processes: Processes): void {
  say(`\n${bold("Metrics, as Prometheus reads them:")}`);
  for (const { name, url } of processes.metrics()) say(`  ${name.padEnd(8)} ${url}`);
}

/** Says where the traces can be seen in the browser, and a failed one. */
export function printViewer({ intake, url, traceUrl }: Viewer): void {
  const failed = intake
    .traces()
    .find(({ nodes }) => nodes.some(({ span }) => span.attributes["tracekeep.root_cause"] === true));
  say(`\n${bold("In the browser:")} ${url}`);
  if (failed) say(`${bold("A failed trace:")} ${traceUrl(failed.traceId)}`);
}

/** Prints each new trace once nothing more of it has come for a second; returns a function that ends that. */
export function printNewTraces(intake: Intake): () => void {
  const timers = new Map<string, NodeJS.Timeout>();
  const stop = intake.onExport((_request, spans) => {
    for (const traceId of new Set(spans.map((span) => span.traceId))) {
      clearTimeout(timers.get(traceId));
      const print = () => {
        timers.delete(traceId);
        const trace = intake.trace(traceId);
        if (!trace) return;
        process.stdout.write(`\n${waterfall(trace, { foldAfter: FOLD_AFTER })}`);
        sayErrors(traceId, intake.errors());
      };
      timers.set(traceId, setTimeout(print, QUIET_MS));
    }
  });
  return () => {
    stop();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}
