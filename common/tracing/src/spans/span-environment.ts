import type { Sanitizer } from "../sanitize/index.ts";
import type { Clock } from "./clock.ts";
import type { LocalTrace } from "./local-trace.ts";
import type { RecordedSpan } from "./span.ts";
import type { KeptAbove } from "./trace-decision.ts";

/** What a span needs of the tracing that it belongs to. */
export interface SpanEnvironment {
  readonly clock: Clock;
  readonly sanitizer: Sanitizer;
  readonly limits: { readonly attributes: number; readonly events: number };
  /** False after shutdown: no span begins any more. */
  isOpen(): boolean;
  /**
   * Takes a trace that begins here, or comes in.
   *
   * @param kept if the caller keeps it.
   */
  entered(trace: LocalTrace, kept: KeptAbove | undefined): void;
  /** Counts a span that begins. */
  started(): void;
  /** Takes a span that has just ended. Never throws. */
  ended(span: RecordedSpan): void;
  /** Counts, and says once in a while, that a span was used after its end. */
  changedAfterEnd(): void;
}
