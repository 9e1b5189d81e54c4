import { join } from "node:path";
import type { Processes } from "./processes.ts";
import type { ServiceName, Settings } from "./settings.ts";

/**
 * Starts the services, each before the one that calls it; resolves to the gateway's URL.
 *
 * @param common environment variables of all services
 */
export async function startServices(
  processes: Processes,
  common: Readonly<Record<string, string>>,
  settings: Settings,
  started: (name: ServiceName, address: string) => void,
): Promise<string> {
  const start = async (name: ServiceName, env: Record<string, string>) => {
    const file = join(import.meta.dirname, "..", "services", name, "src", "main.ts");
    const address = await processes.start(name, file, { ...COMMON, ...common, ...env, ...settings[name] });
    started(name, address);
    return address;
  };
  const treasury = await start("treasury", {});
  const ledger = await start("ledger", { TREASURY_ADDRESS: treasury });
  const addresses = { TREASURY_ADDRESS: treasury, LEDGER_ADDRESS: ledger };
  const payroll = await start("payroll", addresses);
  const gateway = await start("gateway", { ...addresses, PAYROLL_ADDRESS: payroll });
  return `http://${gateway}`;
}

const COMMON = {
  PORT: "0",
  METRICS_PORT: "0",
  READ_ENV_FILES: "false",
  SHUTDOWN_GRACE_MS: "0",
  ENVIRONMENT: "development",
  TRACE_EXPORT_INTERVAL_MS: "200",
};
