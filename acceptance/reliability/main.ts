import { writeFile } from "node:fs/promises";
import { describeMachine } from "../../bench/machine.ts";
import { type Result, writeDocument } from "./document.ts";
import { FAULTS, type Fault } from "./faults.ts";
import { judge } from "./harness/judge.ts";
import { type Measured, median, runFault } from "./harness/run-fault.ts";

/** After so many faults the latency without one is measured again: the machine may have other work meanwhile. */
const FAULTS_BETWEEN = 4;

async function run(fault: Fault): Promise<Measured> {
  const measured = await runFault(fault);
  for (const wrong of judge(fault, measured)) {
    process.stderr.write(`  not as expected: ${wrong}\n`);
    process.exitCode = 1;
  }
  return measured;
}

// Runs every fault, one after the other so that latencies can be compared, and writes docs/RELIABILITY.md.
const machine = describeMachine();
const results: Result[] = [];
const usualLatencies: number[] = [];
for (const [index, fault] of FAULTS.entries()) {
  process.stderr.write(`${index + 1} of ${FAULTS.length}: ${fault.name}\n`);
  results.push({ fault, measured: await run(fault) });
  const [healthy] = FAULTS;
  if (index % FAULTS_BETWEEN === 0 && healthy !== undefined)
    usualLatencies.push((await run(healthy)).medianLatency);
}
if (process.exitCode === undefined) {
  const file = new URL("../../docs/RELIABILITY.md", import.meta.url);
  await writeFile(file, writeDocument(machine, results, median(usualLatencies)));
  process.stdout.write("docs/RELIABILITY.md is written.\n");
}
