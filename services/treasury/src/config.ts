import { join } from "node:path";
import { databaseVariables, loadConfigOrExit, wholeNumber } from "@tracekeep/service";
import manifest from "../package.json" with { type: "json" };

/** The treasury's configuration; the process ends where it has faults. */
export function loadTreasuryConfig() {
  return loadConfigOrExit({
    folder: join(import.meta.dirname, ".."),
    defaults: { SERVICE_NAME: "treasury", SERVICE_VERSION: manifest.version, PORT: "50052" },
    variables: {
      ...databaseVariables,
      /** The same seed gives the same exchange rates. */
      RATE_SEED: wholeNumber(0, 999_999_999).default(1),
      /** Milliseconds between two changes of the exchange rates. */
      RATE_INTERVAL_MS: wholeNumber(1, 600_000).default(1_000),
    },
  });
}
