import { readOptions, UsageError } from "../demo/command-line.ts";
import { parseSettings, type Settings } from "../demo/settings.ts";
import { DEFAULT_PORT } from "../viewer/src/command/options.ts";

/** What the command line says. */
export interface DevOptions {
  readonly help: boolean;
  /** Open the viewer in the browser. */
  readonly open: boolean;
  /** Begin with a round of requests. */
  readonly traffic: boolean;
  /** The viewer's port; 0 takes a free one. */
  readonly port: number;
  /** Environment variables for single services. */
  readonly settings: Settings;
}

export const USAGE = `Usage: npm run dev -- [options]

Starts the trace viewer and the gateway, payroll, ledger and treasury services, with every trace sampled and shown in the
viewer. A service is started anew when its source or a .env file changes; its data stays in the folder .dev.
Settings come from the environment and from .env files, as for any service, but for those that make the desk:
addresses, ENVIRONMENT (development), TRACE_SAMPLE_RATE (1), DATABASE_PATH and where traces go. Metrics are served to Prometheus
at http://127.0.0.1:9464/metrics (gateway), 9465 (ledger), 9466 (treasury) and 9467 (payroll).

  --traffic                       begin with a round of requests
  --port N                        port of the viewer, 0 to 65535; 0 takes a free one; ${DEFAULT_PORT}
  --set SERVICE:VARIABLE=VALUE    set an environment variable of one service, such as ledger:LOG_LEVEL=debug or
                                  gateway:PORT=8081 (may be given several times)
  --open                          open the viewer in the browser
  --help                          print this

While it runs, keys send requests (without a terminal: lines on standard input):

  Enter, r   a round of the demo's six requests
  f          a request that fails
  l          200 requests, of which two fail
  ?          the keys
  q, Ctrl-C  end

With SENTRY_DSN set, in the environment or in the repository's .env, traces and errors go to that Sentry project, too.

Exit codes: 0 ended, 1 it could not start, 2 unknown options, 130 interrupted while it started.
`;

/** Reads the command line. Throws UsageError. */
export function parseOptions(args: readonly string[]): DevOptions {
  const { help = false, open = false, traffic = false, port, set = [] } = readOptions(args, OPTIONS);
  return { help, open, traffic, port: readPort("--port", port, 0), settings: readSettings(set) };
}

function readSettings(set: readonly string[]): Settings {
  const settings = parseSettings(set);
  // Callers are told the port, so it has to be known before it is taken.
  for (const [name, { PORT }] of Object.entries(settings)) readPort(`--set ${name}:PORT`, PORT, 1);
  return settings;
}

function readPort(name: string, text: string | undefined, least: number): number {
  if (text === undefined) return DEFAULT_PORT;
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= 65_535) return value;
  throw new UsageError(`${name} ${text}: expected a whole number from ${least} to 65535`);
}

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  open: { type: "boolean" },
  traffic: { type: "boolean" },
  port: { type: "string" },
  set: { type: "string", multiple: true },
} as const;
