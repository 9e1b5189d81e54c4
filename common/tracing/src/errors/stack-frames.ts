/** One call on a stack, as Sentry shows it. */
export interface StackFrame {
  readonly function: string;
  readonly filename?: string;
  readonly lineno?: number;
  readonly colno?: number;
  /** Whether it is the service's own code, and no library's or Node's. */
  readonly in_app: boolean;
}

/** What V8 writes of one call: `at async Ledger.post [as run] (file:///srv/ledger.ts:12:7)`. */
const CALL = /^\s{1,20}at (?:async )?(?:(.{1,512}?) \((.{1,1024})\)|(.{1,1024}))$/;
const POSITION = /^(.{1,1024}?):(\d{1,9})(?::(\d{1,9}))?$/;
const MOST_FRAMES = 50;

/** The frames of a V8 stack trace, the innermost last, as Sentry's event format has them; of long stacks the innermost 50. */
export function parseStack(stack: string): StackFrame[] {
  const frames: StackFrame[] = [];
  for (const line of stack.split("\n")) {
    const call = CALL.exec(line);
    if (call === null) continue;
    if (frames.length === MOST_FRAMES) break;
    const [, name, place = "", bare = ""] = call;
    frames.push(name === undefined ? frameOf("?", bare) : frameOf(name, place));
  }
  return frames.reverse();
}

function frameOf(name: string, place: string): StackFrame {
  const [, file, line, column] = POSITION.exec(place) ?? [];
  // Without a place the whole is the name of something built in: `<anonymous>`, `native`.
  if (file === undefined || line === undefined)
    return { function: name === "?" ? place : name, in_app: false };
  const filename = file.replace(/^file:\/\//, "");
  return {
    function: name,
    filename,
    lineno: Number(line),
    ...(column === undefined ? {} : { colno: Number(column) }),
    in_app: isOwnCode(filename),
  };
}

function isOwnCode(filename: string): boolean {
  if (filename.includes("node_modules/") || filename.includes("node_modules\\")) return false;
  return /^(?:\/|[A-Za-z]:[\\/]|\\\\|webpack:|app:)/.test(filename);
}
