import { parseArgs } from "node:util";

/** The names of the services that the demo starts. */
const SERVICE_NAMES = ["treasury", "ledger", "payroll", "gateway"] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What the command line says. */
export interface DemoOptions {
  readonly help: boolean;
  /** Leave everything running and print new traces as they arrive. */
  readonly keep: boolean;
  /** File for what arrived, as OTLP JSON. */
  readonly json: string | undefined;
  /** File for a picture of a trace. */
  readonly svg: string | undefined;
  /** Environment variables for single services. */
  readonly settings: Readonly<Record<ServiceName, Readonly<Record<string, string>>>>;
}

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override name = "UsageError";
}

export const USAGE = `Usage: npm run demo -- [options]

Starts the gateway, payroll, ledger and treasury services and a local endpoint that takes traces as Sentry does, sends
six requests, shows each as a trace, and checks that every trace arrived whole.

  --keep                          leave everything running; print curl lines to try and new traces as they arrive
  --json FILE                     write what arrived as OTLP JSON, one export request a line
  --svg FILE                      draw the trace of the failed request
  --set SERVICE:VARIABLE=VALUE    set an environment variable of one service, such as
                                  gateway:TRACE_SAMPLE_RATE=0.5 (may be given several times)
  --help                          print this

With SENTRY_DSN set, the traces go to that Sentry instead, and their ids are printed.

Exit codes: 0 every trace arrived whole, 1 something is missing or failed, 2 unknown options.
`;

/** Reads the command line. Throws UsageError. */
export function parseOptions(args: readonly string[]): DemoOptions {
  const { values } = parse(args);
  const settings: Record<ServiceName, Record<string, string>> = {
    treasury: {},
    ledger: {},
    payroll: {},
    gateway: {},
  };
  for (const setting of values.set ?? []) {
    const [, service, variable, value] = /^(\w+):(\w+)=(.*)$/s.exec(setting) ?? [];
    const name = SERVICE_NAMES.find((known) => known === service);
    if (!name || variable === undefined || value === undefined) {
      throw new UsageError(
        `--set ${setting}: expected SERVICE:VARIABLE=VALUE with one of ${SERVICE_NAMES.join(", ")} as SERVICE`,
      );
    }
    settings[name][variable] = value;
  }
  const { help = false, keep = false, json, svg } = values;
  return { help, keep, json, svg, settings };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        keep: { type: "boolean" },
        json: { type: "string" },
        svg: { type: "string" },
        set: { type: "string", multiple: true },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
