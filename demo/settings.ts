import { UsageError } from "./command-line.ts";

/** The names of the services, each before those that call it. */
export const SERVICE_NAMES = ["treasury", "ledger", "payroll", "gateway"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Environment variables for single services. */
export type Settings = Readonly<Record<ServiceName, Readonly<Record<string, string>>>>;

/** Reads what stands behind `--set`, each SERVICE:VARIABLE=VALUE. Throws UsageError. */
export function parseSettings(given: readonly string[]): Settings {
  const settings: Record<ServiceName, Record<string, string>> = {
    treasury: {},
    ledger: {},
    payroll: {},
    gateway: {},
  };
  for (const setting of given) {
    const [, service, variable, value] = /^(\w+):(\w+)=(.*)$/s.exec(setting) ?? [];
    const name = SERVICE_NAMES.find((known) => known === service);
    if (!name || variable === undefined || value === undefined) {
      throw new UsageError(
        `--set ${setting}: expected SERVICE:VARIABLE=VALUE with one of ${SERVICE_NAMES.join(", ")} as SERVICE`,
      );
    }
    settings[name][variable] = value;
  }
  return settings;
}
