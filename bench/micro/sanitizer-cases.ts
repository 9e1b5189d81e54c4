import { createSanitizer } from "../../common/tracing/src/sanitize/index.ts";
import type { MicroCase } from "./micro-case.ts";

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

/** As it comes from the wire: in no table of strings. */
const fresh = (text: string): string => Buffer.from(text, "latin1").toString("latin1");

const LOG_LINE =
  "connection to ledger-7d9f8b6c5d-x2x4z (10.0.12.7:50051) refused at 2026-03-01T12:00:00.123Z";

function cleanSpan(): number {
  let kept = 0;
  for (const [key, value] of RPC_SPAN) {
    kept += sanitizer.key(key).length;
    if (sanitizer.attribute(key, value) !== undefined) kept++;
  }
  return kept;
}

const cleanText = (name: string, text: string): MicroCase => ({
  name: `sanitise ${name}`,
  run: () => sanitizer.text(text),
});

export const SANITIZER_CASES: readonly MicroCase[] = [
  { name: "sanitise the ten attributes of an RPC span", run: cleanSpan },
  cleanText("a span's name", fresh("ledger.v1.LedgerService/GetAccount")),
  cleanText("a UUID", fresh("123e4567-e89b-42d3-a456-426614174000")),
  cleanText("a line of a log", fresh(LOG_LINE)),
  cleanText("an error's text with an e-mail address", fresh("no account for jane.doe@mail.example")),
  cleanText("100 kB without a secret", "lorem ipsum ".repeat(8_334)),
  cleanText("100 kB of e-mail addresses", "jane.doe@mail.example ".repeat(4_546)),
];
