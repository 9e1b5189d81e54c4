import type { TracingConfig } from "./config/index.ts";
import { createRateLimiter, type Logger } from "./logger.ts";
import { createSpanCounters, type SpanCounters } from "./metrics/index.ts";
import type { Recorder } from "./recorder/index.ts";
import type { Sanitizer } from "./sanitize/index.ts";
import { createSystemClock, type SpanEnvironment } from "./spans/index.ts";
import { errorText } from "./text/error-text.ts";

/** Joins spans to the sanitiser, the counters and the recorder of their tracing. */
export function createSpanEnvironment(
  limits: TracingConfig["limits"],
  sanitizer: Sanitizer,
  recorder: Pick<Recorder, "keeper" | "spans">,
  logger: Logger,
): { environment: SpanEnvironment; counters: SpanCounters; close: () => void } {
  const counters = createSpanCounters();
  const mayLog = createRateLimiter();
  let open = true;
  const environment: SpanEnvironment = {
    clock: createSystemClock(),
    sanitizer,
    limits,
    isOpen: () => open,
    entered: (trace, kept) => recorder.keeper.entered(trace, kept),
    started() {
      counters.started++;
    },
    ended(span) {
      counters.ended++;
      if (span.trace.sampled) counters.sampled++;
      if (span.isLocalRoot)
        counters.entrySeconds += ((span.endTime ?? span.startTime) - span.startTime) / 1e6;
      try {
        recorder.spans.ended(span);
      } catch (error) {
        counters.lost++;
        if (mayLog("lost") !== undefined)
          logger.warn(
            { event: "tracekeep.span.lost", error: errorText(error) },
            "A span could not be encoded and is lost.",
          );
      }
    },
    changedAfterEnd() {
      counters.changedAfterEnd++;
      if (mayLog("changed") !== undefined)
        logger.warn(
          { event: "tracekeep.span.changed_after_end" },
          "A span was used after its end; that is ignored.",
        );
    },
  };
  const close = (): void => {
    open = false;
  };
  return { environment, counters, close };
}
