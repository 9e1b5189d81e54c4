import { join } from "node:path";
import { databaseVariables, grpcAddress, loadConfigOrExit, wholeNumber } from "@tracekeep/service";
import manifest from "../package.json" with { type: "json" };

/** The ledger's configuration; the process ends where it has faults. */
export function loadLedgerConfig() {
  return loadConfigOrExit({
    folder: join(import.meta.dirname, ".."),
    defaults: { SERVICE_NAME: "ledger", SERVICE_VERSION: manifest.version, PORT: "50051" },
    variables: {
      ...databaseVariables,
      TREASURY_ADDRESS: grpcAddress().default("127.0.0.1:50052"),
      /** The longest wait for the treasury, in milliseconds. */
      TREASURY_TIMEOUT_MS: wholeNumber(1, 600_000).default(2_000),
    },
  });
}
