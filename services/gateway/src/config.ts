import { join } from "node:path";
import { grpcAddress, loadConfigOrExit, wholeNumber } from "@tracekeep/service";
import manifest from "../package.json" with { type: "json" };

/** The gateway's configuration; the process ends where it has faults. */
export function loadGatewayConfig() {
  return loadConfigOrExit({
    folder: join(import.meta.dirname, ".."),
    defaults: {
      SERVICE_NAME: "gateway",
      SERVICE_VERSION: manifest.version,
      PORT: "8080",
      // Anyone can send the gateway headers: their trace goes on, but they do not decide what is sampled.
      TRACE_TRUST_REMOTE: "ids",
    },
    variables: {
      LEDGER_ADDRESS: grpcAddress().default("127.0.0.1:50051"),
      /** The longest wait for the ledger, in milliseconds. */
      LEDGER_TIMEOUT_MS: wholeNumber(1, 600_000).default(5_000),
      TREASURY_ADDRESS: grpcAddress().default("127.0.0.1:50052"),
      /** The longest wait for the treasury, in milliseconds. */
      TREASURY_TIMEOUT_MS: wholeNumber(1, 600_000).default(5_000),
      PAYROLL_ADDRESS: grpcAddress().default("127.0.0.1:50053"),
      /** The longest wait for how far a run is, in milliseconds; a run itself takes as long as it does. */
      PAYROLL_TIMEOUT_MS: wholeNumber(1, 600_000).default(5_000),
    },
  });
}
