import { trace } from "@opentelemetry/api";
import type { Tracing } from "tracekeep";
import type { MicroCase } from "./micro-case.ts";
import { recordCases } from "./record-cases.ts";
import { SANITIZER_CASES } from "./sanitizer-cases.ts";
import { tracingCases } from "./tracing-cases.ts";

/** All of them, as they are inside a request of a service: its span is the one that is encoded and injected. */
export function microCases(tracing: Tracing): readonly MicroCase[] {
  return tracing.continueTrace({}, { name: "ledger.v1.LedgerService/GetAccount" }, (span) => {
    span.setAttributes({
      "rpc.system.name": "grpc",
      "server.address": "ledger.internal",
      "server.port": 50_051,
    });
    return [...tracingCases(tracing), ...SANITIZER_CASES, ...recordCases(trace.getActiveSpan())];
  });
}
