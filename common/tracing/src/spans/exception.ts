import {
  ATTR_EXCEPTION_MESSAGE,
  ATTR_EXCEPTION_STACKTRACE,
  ATTR_EXCEPTION_TYPE,
} from "@opentelemetry/semantic-conventions";
import type { Sanitizer } from "../sanitize/index.ts";

/** An exception, sanitised. */
export interface CaughtException {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** What it was made of: its `cause`, or the errors of an AggregateError, and theirs; the nearest first. */
  readonly causes?: readonly CaughtException[];
  /** The user has given it to Sentry's SDK already. */
  readonly captured?: boolean;
}

/** Longest stack trace that is kept, in UTF-16 code units. */
const STACK_LENGTH = 8_192;
/** Of these what is left of a long message before the frames. */
const HEAD_LENGTH = 1_024;
/** A place in a file or in Node behind `at`; a line of a message may begin like one, and then frames follow it at the latest. */
const FIRST_FRAME = /\n {4}at [^\n]{0,512}:\d{1,9}:\d{1,9}\)?(?=\n|$)/;
/** As many as Sentry's SDK tells. */
const MOST_CAUSES = 5;
const MOST_KEYS = 10;

/** Reads whatever was thrown, without trusting it: its properties may be of any type, or throw. */
export function describeException(thrown: unknown, sanitizer: Sanitizer): CaughtException {
  const exception = describeOne(thrown, sanitizer);
  if (exception.message !== "") return exception;
  // Node gives an AggregateError of refused connections no message of its own.
  const [inner] = causesOf(thrown);
  const told = inner === undefined ? "" : describeOne(inner, sanitizer).message;
  return { ...exception, message: told === "" ? sanitizer.text(withoutMessage(thrown)) : told };
}

/** What is told of an error only where it is reported: what it was made of, and whether Sentry's SDK has it already. */
export function describeOrigin(
  thrown: unknown,
  sanitizer: Sanitizer,
): Pick<CaughtException, "causes" | "captured"> {
  const causes = causesOf(thrown).map((cause) => describeException(cause, sanitizer));
  return { ...(causes.length > 0 && { causes }), ...(isCaptured(thrown) && { captured: true }) };
}

function describeOne(thrown: unknown, sanitizer: Sanitizer): CaughtException {
  try {
    if (typeof thrown !== "object" || thrown === null) return fromText(thrown, sanitizer);
    const { name, message, stack, code } = thrown as Partial<
      Record<"name" | "message" | "stack" | "code", unknown>
    >;
    const fallback =
      typeof code === "string" || typeof code === "number" ? String(code) : thrown.constructor?.name;
    return {
      type: sanitizer.text(typeof name === "string" && name !== "" ? name : (fallback ?? "Error"), 128),
      message: sanitizer.text(typeof message === "string" ? message : String(message ?? "")),
      stack: typeof stack === "string" ? cleanStack(stack, sanitizer) : undefined,
    };
  } catch {
    return { type: "Error", message: "[unreadable]", stack: undefined };
  }
}

/** What an object without a message says: an error's code, or the names of what somebody has thrown. */
function withoutMessage(thrown: unknown): string {
  try {
    if (typeof thrown !== "object" || thrown === null) return "";
    const { code } = thrown as { code?: unknown };
    if (typeof code === "string") return code;
    const keys = Object.keys(thrown);
    if (thrown instanceof Error || keys.length === 0) return "";
    return `an object with ${keys.slice(0, MOST_KEYS).join(", ")}${keys.length > MOST_KEYS ? ", ..." : ""}`;
  } catch {
    return "";
  }
}

/** A stack trace begins with the message, which must not push the frames out. */
function cleanStack(stack: string, sanitizer: Sanitizer): string {
  if (stack.length <= STACK_LENGTH) return sanitizer.text(stack, STACK_LENGTH);
  const frames = stack.search(FIRST_FRAME);
  if (frames < HEAD_LENGTH) return sanitizer.text(stack, STACK_LENGTH);
  return (
    sanitizer.text(stack.slice(0, frames), HEAD_LENGTH) + sanitizer.text(stack.slice(frames), STACK_LENGTH)
  );
}

/** Breadth first, since the errors of an AggregateError stand side by side. */
function causesOf(thrown: unknown): unknown[] {
  const found: unknown[] = [thrown];
  try {
    for (let at = 0; at < found.length && found.length <= MOST_CAUSES; at++) {
      const next = found[at];
      if (typeof next !== "object" || next === null) continue;
      const { cause, errors } = next as { cause?: unknown; errors?: unknown };
      for (const inner of [cause, ...(Array.isArray(errors) ? errors.slice(0, MOST_CAUSES) : [])])
        if (inner !== undefined && inner !== null && !found.includes(inner)) found.push(inner);
    }
  } catch {
    // What cannot be read is left out.
  }
  return found.slice(1, MOST_CAUSES + 1);
}

/** The mark that Sentry's SDK leaves on what it has captured, by which it knows it again itself. */
function isCaptured(thrown: unknown): boolean {
  try {
    return (thrown as { __sentry_captured__?: unknown } | null | undefined)?.__sentry_captured__ === true;
  } catch {
    return false;
  }
}

function fromText(thrown: unknown, sanitizer: Sanitizer): CaughtException {
  return { type: typeof thrown, message: sanitizer.text(String(thrown)), stack: undefined };
}

/** The exception under OpenTelemetry's attribute names. */
export function exceptionAttributes(exception: CaughtException): Record<string, string> {
  return {
    [ATTR_EXCEPTION_TYPE]: exception.type,
    [ATTR_EXCEPTION_MESSAGE]: exception.message,
    ...(exception.stack === undefined ? {} : { [ATTR_EXCEPTION_STACKTRACE]: exception.stack }),
  };
}
