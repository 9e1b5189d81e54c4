import { loadConfigOrExit } from "@tracekeep/service";
import { z } from "zod";
import manifest from "../package.json" with { type: "json" };

/** The treasury's configuration; the process ends where it has faults. */
export function loadTreasuryConfig() {
  return loadConfigOrExit({
    defaults: { SERVICE_NAME: "treasury", SERVICE_VERSION: manifest.version, PORT: "50052" },
    variables: { DATABASE_PATH: z.string().default(":memory:") },
  });
}
