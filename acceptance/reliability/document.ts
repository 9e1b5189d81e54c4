import type { Machine } from "../../bench/machine.ts";
import { type Count, type Expected, FAULTS, type Fault, FLAPPING_SECONDS, ROUND_MS } from "./faults.ts";
import { describeCount } from "./harness/judge.ts";
import type { Measured } from "./harness/run-fault.ts";

/** A fault and what its run has come to. */
export interface Result {
  readonly fault: Fault;
  readonly measured: Measured;
}

const HEADING = "## Measured";

/**
 * docs/RELIABILITY.md, made of the results.
 *
 * @param usualLatency median of calls without a fault, in milliseconds
 */
export function writeDocument(machine: Machine, results: readonly Result[], usualLatency: number): string {
  const rows = results.map(({ fault: { name, expected }, measured }) => [
    name,
    describeOutcome(expected),
    describeOutcome(measured),
    (measured.medianLatency / usualLatency).toFixed(2),
    String(measured.warnings.length),
  ]);
  return `${introduction()}
${HEADING}

On ${machine.date.slice(0, 10)}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node.slice(1)}, @grpc/grpc-js ${machine.grpcJs}, Tracekeep ${machine.tracekeep}.
Spans delivered are those of kept and of sampled traces. Latency is the median of all calls while the fault lasts, divided by that without a fault;
it takes ${usualLatency.toFixed(1)} ms then. All of it ran on the same cores: the service, its caller and the endpoint.

${table(["fault", "expected: kept + sampled; dropped", "measured", "latency", "log lines"], rows)}
`;
}

/** The faults that the document has figures of, in its order. */
export function documentedFaults(text: string): string[] {
  const [, measured = ""] = text.split(HEADING);
  const rows = measured.split("\n").filter((line) => line.startsWith("| "));
  return rows.slice(1).map((row) => row.split(" | ")[0]?.slice(2) ?? "");
}

function introduction(): string {
  const rows = FAULTS.map(({ name, does }) => [name, does]);
  return `# When the endpoint misbehaves

\`npm run reliability\` makes this page: a service under load, in a process of its own, sends to a real HTTP endpoint that misbehaves and then
is healed. Each ${ROUND_MS} ms it gets three calls, of which one fails (its trace is kept), one is sampled and one is neither. What each run has to come to is
written down before it, in \`acceptance/reliability/faults.ts\`; a test runs all of them. In every run each span handed to the exporter was sent, or dropped
and counted by its reason; every call was answered; the queue stayed within \`TRACE_EXPORT_QUEUE_BYTES\`; and no line came twice in the log.

## What the exporter does

${table(["fault", "what happens"], rows)}

- **Each line in the log comes once a minute at most,** and the next one says how many were held back.
- **A span may arrive twice** where a request is taken but its answer is lost: the request is sent again. It has the same ids then.
- **A queue's bound does not count what is under way:** up to \`TRACE_EXPORT_CONCURRENCY\` requests of \`TRACE_EXPORT_BATCH_BYTES\`.
- **A certificate is always verified,** against Node's authorities, \`NODE_EXTRA_CA_CERTS\` and \`TRACE_EXPORT_CA_FILE\`.
- **SIGTERM loses no kept trace** where the service calls \`tracing.shutdown()\` and the endpoint is well.
- **SIGKILL loses what has not been sent:** what waits in the queue (mostly for \`TRACE_EXPORT_INTERVAL_MS\`), and of sampled traces also what waits in
  the flight record, which is a second after each trace's end.
- **Processes and worker threads that start tracing send for themselves,** each with a \`service.instance.id\` of its own.

The endpoint is up and down for ${FLAPPING_SECONDS} seconds here; \`RELIABILITY_FLAPPING_SECONDS\` changes that.
`;
}

function describeOutcome({ kept, sampled, dropped }: Pick<Expected, "kept" | "sampled" | "dropped">): string {
  const losses = Object.entries<Count | undefined>(dropped).flatMap(([reason, count]) =>
    count === undefined || count === 0 ? [] : [`${describeCount(count)} ${reason}`],
  );
  const delivered = `${describeCount(kept)} + ${describeCount(sampled)}`;
  return losses.length === 0 ? delivered : `${delivered}; ${losses.join(", ")}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heads), `|${heads.map(() => "---").join("|")}|`, ...rows.map(line)].join("\n");
}
