/**
 * The closed set of reasons for which Tracekeep throws.
 *
 * - `INVALID_CONFIG`: the configuration has faults; the message names every one of them.
 * - `INVALID_ARGUMENT`: a function of the public API was called with something it cannot use.
 */
export type TracekeepErrorCode = "INVALID_CONFIG" | "INVALID_ARGUMENT";

/** The only error class that Tracekeep throws. Its message never holds a secret. */
export class TracekeepError extends Error {
  /** Why the error was thrown, from a closed set; stable across versions. */
  readonly code: TracekeepErrorCode;

  constructor(code: TracekeepErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "TracekeepError";
    this.code = code;
  }
}
