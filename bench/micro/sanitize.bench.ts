import { createSanitizer } from "../../common/tracing/src/sanitize/index.ts";

/** What the sanitiser costs; run it with `node bench/micro/sanitize.bench.ts`. */
const sanitizer = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

const RPC_SPAN: readonly (readonly [string, string | number])[] = [
  ["rpc.system.name", "grpc"],
  ["rpc.service", "ledger.v1.LedgerService"],
  ["rpc.method", "ledger.v1.LedgerService/GetAccount"],
  ["server.address", "ledger.internal"],
  ["server.port", 50_051],
  ["network.peer.address", "10.0.12.7"],
  ["network.peer.port", 43_210],
  ["rpc.status_code", "OK"],
  ["rpc.grpc.status_code", 0],
  ["tracekeep.rpc.bytes_sent", 1_024],
];

/** The same text under ever new references, as it is when it comes from the wire. */
const fresh = (text: string): string => Buffer.from(text, "latin1").toString("latin1");

let sink = 0;

function cleanSpan(): void {
  for (const [key, value] of RPC_SPAN) {
    sink += sanitizer.key(key).length;
    sink += sanitizer.attribute(key, value) === undefined ? 1 : 0;
  }
}

function cleanText(text: string): () => void {
  return () => {
    sink += sanitizer.text(text).length;
  };
}

const LOG_LINE =
  "connection to ledger-7d9f8b6c5d-x2x4z (10.0.12.7:50051) refused at 2026-03-01T12:00:00.123Z";

const CASES: readonly (readonly [string, () => void])[] = [
  ["an RPC span's ten attributes", cleanSpan],
  ["a span's name", cleanText(fresh("ledger.v1.LedgerService/GetAccount"))],
  ["a UUID", cleanText(fresh("123e4567-e89b-42d3-a456-426614174000"))],
  ["a line of a log", cleanText(fresh(LOG_LINE))],
  ["an error's text with an e-mail address", cleanText(fresh("no account for jane.doe@mail.example"))],
  ["100 kB without a secret", cleanText("lorem ipsum ".repeat(8_334))],
  ["100 kB of e-mail addresses", cleanText("jane.doe@mail.example ".repeat(4_546))],
];

/** The best of some rounds, in nanoseconds a run: others use the machine, too. */
function nanosecondsOf(run: () => void): number {
  const rounds: number[] = [];
  for (let round = 0; round < 30; round++) {
    const start = process.hrtime.bigint();
    let runs = 0;
    for (; process.hrtime.bigint() - start < 20_000_000n; runs += 100) for (let at = 0; at < 100; at++) run();
    rounds.push(Number(process.hrtime.bigint() - start) / runs);
  }
  return Math.min(...rounds);
}

for (const [name, run] of CASES)
  console.log(`${name.padEnd(42)} ${nanosecondsOf(run).toFixed(0).padStart(8)} ns`);
if (sink === 0) throw new Error("nothing was sanitised");
