import { once } from "node:events";
import { loadPage } from "../assets/page-files.ts";
import { startViewer, type Viewer } from "../server/start-viewer.ts";
import { openInBrowser } from "./open-in-browser.ts";
import { parseOptions, USAGE, type ViewerOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

const BODY_LIMITS = { compressed: 10 * 2 ** 20, decompressed: 32 * 2 ** 20 };
const MOST_SPANS = 10_000_000;

/** The command `tracekeep-viewer`; resolves to its exit code. */
export async function runViewer(args: readonly string[]): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    await using viewer = await start(options);
    sayWhere(viewer);
    if (options.open) openInBrowser(viewer.url);
    await stopped();
    return 0;
  } catch (error) {
    process.stderr.write(`tracekeep-viewer: ${error instanceof Error ? error.message : String(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    process.stderr.write("Try: tracekeep-viewer --help\n");
    return 2;
  }
}

async function start({ port, maxBytes, maxTraces }: ViewerOptions): Promise<Viewer> {
  // A page that cannot be built is to be known before anything is sent.
  await loadPage();
  try {
    const store = { maxBytes, maxTraces, maxSpans: MOST_SPANS };
    return await startViewer({ port, store, body: BODY_LIMITS });
  } catch (error) {
    throw new Error(reasonOf(error, port), { cause: error });
  }
}

function reasonOf(error: unknown, port: number): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE")
    return `port ${port} is in use: stop what listens there, or choose another one with --port (0 takes a free one)`;
  if (code === "EACCES") return `port ${port} is not allowed to you: choose one above 1023 with --port`;
  return message;
}

function sayWhere({ url, intake }: Viewer): void {
  process.stdout.write(`Traces are shown at ${url}\n`);
  process.stdout.write(`To send them here, start your services with\n\n`);
  process.stdout.write(`  SENTRY_DSN=${intake.dsn} TRACE_SAMPLE_RATE=1\n\n`);
  process.stdout.write(
    `or any OpenTelemetry exporter with OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=${intake.url}/v1/traces\nCtrl-C stops the viewer.\n`,
  );
}

async function stopped(): Promise<void> {
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), once(process, "SIGHUP")]);
}
