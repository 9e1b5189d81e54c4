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
const errorText = fresh("connection to 10.0.12.7:50051 refused, last asked by jane.doe@mail.example");

function cleanSpan(): number {
  let kept = 0;
  for (const [key, value] of RPC_SPAN) {
    kept += sanitizer.key(key).length;
    if (sanitizer.attribute(key, value) !== undefined) kept++;
  }
  return kept;
}

export const SANITIZER_CASES: readonly MicroCase[] = [
  { name: "sanitise the ten attributes of an RPC span", run: cleanSpan },
  { name: "sanitise an error's text with an e-mail address", run: () => sanitizer.text(errorText) },
];
