import { join } from "node:path";
import { databaseVariables, grpcAddress, loadConfigOrExit, wholeNumber } from "@tracekeep/service";
import manifest from "../package.json" with { type: "json" };

/** The payroll's configuration; the process ends where it has faults. */
export function loadPayrollConfig() {
  return loadConfigOrExit({
    folder: join(import.meta.dirname, ".."),
    defaults: { SERVICE_NAME: "payroll", SERVICE_VERSION: manifest.version, PORT: "50053" },
    variables: {
      ...databaseVariables,
      TREASURY_ADDRESS: grpcAddress().default("127.0.0.1:50052"),
      /** The longest wait for the treasury, in milliseconds. */
      TREASURY_TIMEOUT_MS: wholeNumber(1, 600_000).default(5_000),
      LEDGER_ADDRESS: grpcAddress().default("127.0.0.1:50051"),
      /** The longest wait for the ledger, in milliseconds. */
      LEDGER_TIMEOUT_MS: wholeNumber(1, 600_000).default(5_000),
      /** Payments of one run under way at once, at most. */
      PAYROLL_CONCURRENCY: wholeNumber(1, 64).default(4),
    },
  });
}
