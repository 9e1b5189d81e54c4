import type { CaughtException } from "./exception.ts";

/** A failure that came back from a service below. */
export interface RelayedFailure {
  readonly service: string;
  readonly method: string;
  /** Name of the status code. */
  readonly code: string;
  /** Whether somebody has made a Sentry issue of it. */
  readonly reported: boolean;
}

/** When a request must be answered, and whether its passing is someone's to report: it is one failure, however many calls it ends. */
export interface EntryDeadline {
  /** Epoch milliseconds; Infinity for none. */
  readonly at: number;
  /** True if the caller reports it, or a span here has. */
  reported: boolean;
}

interface FailedCall {
  readonly failure: RelayedFailure;
  /** The status's text, by which an error made of it is known again. */
  readonly details: string;
}

interface Thrown {
  readonly spanId: string;
  readonly error: unknown;
  readonly exception: CaughtException;
}

/** What ends this close to a deadline, in milliseconds, ends by it: clocks and networks are that exact. */
export const DEADLINE_TOLERANCE = 50;
/** So many of the latest failed calls below one entry are remembered. */
const MOST_CALLS = 32;
const DEEPEST_CAUSE = 8;
/** What NestJS and nice-grpc answer in place of an error that a handler lets through. */
const HIDING: ReadonlySet<string> = new Set(["Internal server error", "Unknown server error occurred"]);

/**
 * What has gone wrong so far below one entry into this process. It answers the question that decides
 * whether a failure is new: does it pass on one from below, or a throw from inside?
 */
export class TraceFailures {
  /** The deadline of the call that entered this process. */
  deadline: EntryDeadline | undefined;
  #calls: FailedCall[] | undefined;
  #thrown: Thrown | undefined;
  /** The call below that ended last, if it failed. */
  #latest: FailedCall | undefined;
  /** Errors of calls that are none by the user's rules. */
  #tolerated: Set<string> | undefined;
  /** What an issue has been made of though no status tells of it. */
  #reported: unknown;

  /** The deadline of the entry, if it has passed or is about to: a call that ends by its deadline now ends by this one. */
  passedDeadline(): EntryDeadline | undefined {
    const { deadline } = this;
    return deadline !== undefined && deadline.at - Date.now() <= DEADLINE_TOLERANCE ? deadline : undefined;
  }

  /** Notes a call below that failed. */
  callFailed(failure: RelayedFailure, details: string): void {
    this.#latest = { failure, details };
    this.#calls ??= [];
    // An entry that lives long passes on what failed last, not what failed first.
    if (this.#calls.length >= MOST_CALLS) this.#calls.shift();
    this.#calls.push(this.#latest);
  }

  /** Notes a call below that was answered: an earlier one that failed is not what a bare status passes on. */
  callAnswered(): void {
    this.#latest = undefined;
  }

  /** Notes the status of a fault that is no failure by a rule of the user's. */
  tolerate(code: number, details: string): void {
    this.#tolerated ??= new Set();
    const [oldest] = this.#tolerated;
    if (this.#tolerated.size >= MOST_CALLS && oldest !== undefined) this.#tolerated.delete(oldest);
    this.#tolerated.add(`${code} ${details}`);
  }

  /** Whether an error is that of a call whose status is no failure by a rule. */
  isTolerated(error: unknown): boolean {
    if (this.#tolerated === undefined || !(error instanceof Error)) return false;
    const { code, details } = error as { code?: unknown; details?: unknown };
    // The same words may be those of another call that did fail.
    if (this.#calls?.some((call) => call.details === details)) return false;
    return this.#tolerated.has(`${code} ${details}`);
  }

  /** Notes an error of which an issue has been made; it may end the process yet. */
  reported(error: unknown): void {
    this.#reported = error;
  }

  isReported(error: unknown): boolean {
    return error !== undefined && this.#reported === error;
  }

  /** Notes an exception that left a span of the user's; the innermost span counts. True if this is the one. */
  spanThrew(spanId: string, error: unknown, exception: CaughtException): boolean {
    if (this.#isThrown(error)) return false;
    this.#thrown = { spanId, error, exception };
    return true;
  }

  /**
   * The call below whose failure this is: its text comes back, or an error made of it, or the code of the
   * call that ended last.
   *
   * @param code name of the status that this span ends with, if it is an RPC.
   */
  passedOn(code: string | undefined, details: string, error: unknown): RelayedFailure | undefined {
    const causes = causesOf(error);
    // An error of another kind that happens to end in the same status is a failure of its own.
    const codeTells = !(error instanceof Error) || typeof (error as { code?: unknown }).code === "number";
    const told = this.#calls?.find(
      (call) => mentions(details, call) || causes.some((cause) => isOf(cause, call)),
    );
    const byCode = codeTells && this.#latest?.failure.code === code;
    const hidden = code === "UNKNOWN" && HIDING.has(details);
    return (told ?? (byCode || hidden ? this.#latest : undefined))?.failure;
  }

  /** The throw that this error is, or was made of. */
  originOf(error: unknown, details: string): Thrown | undefined {
    const thrown = this.#thrown;
    if (thrown === undefined) return undefined;
    const { message } = thrown.exception;
    return this.#isThrown(error) || (message !== "" && details.includes(message)) ? thrown : undefined;
  }

  #isThrown(error: unknown): boolean {
    const thrown = this.#thrown;
    return thrown !== undefined && error !== undefined && causesOf(error).includes(thrown.error);
  }
}

function isOf(error: unknown, call: FailedCall): boolean {
  if (typeof error !== "object" || error === null) return false;
  const { message, details } = error as { message?: unknown; details?: unknown };
  // As grpc-js gives it to the caller.
  if (error instanceof Error && typeof details === "string" && details === call.details) return true;
  return [message, details].some((text) => typeof text === "string" && mentions(text, call));
}

function mentions(text: string, { failure, details }: FailedCall): boolean {
  if (!text.includes(details)) return false;
  // A commonplace still tells of the call in the message of grpc-js's error, behind the status.
  return !isCommonplace(details) || (details !== "" && text.includes(`${failure.code}: ${details}`));
}

/** What grpc-js and frameworks say where nobody has said anything. */
const COMMONPLACE: ReadonlySet<string> = new Set(
  "an error exception failed failure internal occurred server something timeout unknown went wrong".split(
    " ",
  ),
);

/** Whether a text comes back of itself, since it stands in many: it tells of no call. */
function isCommonplace(text: string): boolean {
  return (
    text.length < 64 &&
    text.split(/[\s.,:;!]+/).every((word) => word === "" || COMMONPLACE.has(word.toLowerCase()))
  );
}

/** An error and what caused it, as far down as is told. */
function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && causes.length < DEEPEST_CAUSE; ) {
    if (causes.includes(next)) break;
    causes.push(next);
    next = typeof next === "object" ? (next as { cause?: unknown }).cause : undefined;
  }
  return causes;
}
