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
}

/** Longest stack trace that is kept, in UTF-16 code units. */
const STACK_LENGTH = 8_192;

/** Reads whatever was thrown, without trusting it: its properties may be of any type, or throw. */
export function describeException(thrown: unknown, sanitizer: Sanitizer): CaughtException {
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
      stack: typeof stack === "string" ? sanitizer.text(stack, STACK_LENGTH) : undefined,
    };
  } catch {
    return { type: "Error", message: "[unreadable]", stack: undefined };
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
