import { parseArgs } from "node:util";
import { MIB, mostBytes, sizeOf } from "./size.ts";
import { UsageError } from "./usage-error.ts";

/** What the command line says. */
export interface ViewerOptions {
  readonly help: boolean;
  readonly open: boolean;
  readonly port: number;
  readonly maxBytes: number;
  readonly maxTraces: number;
}

export const DEFAULT_PORT = 4319;
const DEFAULT_MAX_BYTES = 128 * MIB;
const DEFAULT_MAX_TRACES = 10_000;

export const USAGE = `Usage: tracekeep-viewer [options]

Takes traces and error events as Sentry does, and shows them at http://127.0.0.1:${DEFAULT_PORT}/. It listens on this machine
only, and connects to nothing.

  --port N          port on 127.0.0.1, 0 to 65535; 0 takes a free one; ${DEFAULT_PORT}
  --max-bytes SIZE  what the traces held may take, in bytes or with KiB, MiB or GiB, 1MiB to ${mostBytes() / MIB}MiB: a third of
                    Node.js's heap, which NODE_OPTIONS=--max-old-space-size=MIB makes larger; 128MiB
  --max-traces N    most traces held, 1 to 1000000; ${DEFAULT_MAX_TRACES}
  --open            open the page in the browser
  --help            print this

The oldest traces make room; those that failed stay longer than others.
Exit codes: 0 stopped by Ctrl-C or a signal, 1 it could not start, 2 unknown options.
`;

/** Reads the command line. Throws UsageError. */
export function parseOptions(args: readonly string[]): ViewerOptions {
  const { help = false, open = false, ...values } = parse(args);
  return {
    help,
    open,
    port: wholeNumber("--port", values.port, DEFAULT_PORT, 0, 65_535),
    maxTraces: wholeNumber("--max-traces", values["max-traces"], DEFAULT_MAX_TRACES, 1, 1_000_000),
    maxBytes: bytes(values["max-bytes"]),
  };
}

function wholeNumber(
  name: string,
  text: string | undefined,
  otherwise: number,
  least: number,
  most: number,
): number {
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UsageError(`${name} ${text}: expected a whole number from ${least} to ${most}`);
}

function bytes(text: string | undefined): number {
  return text === undefined ? Math.min(DEFAULT_MAX_BYTES, mostBytes()) : sizeOf("--max-bytes", text);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: "boolean", short: "h" },
        open: { type: "boolean" },
        port: { type: "string" },
        "max-bytes": { type: "string" },
        "max-traces": { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
