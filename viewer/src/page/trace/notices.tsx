import type { TraceView } from "../../api/wire.ts";
import { countOf, formatDuration } from "../../render/format.ts";
import { withoutPackage } from "../parts/figures.ts";
import { Service } from "../parts/marks.tsx";

interface NoticesProps {
  readonly trace: TraceView;
  readonly toCause: () => void;
}

/** Where the trace failed first, why it was kept, and what is to be known before it is read. */
export function Notices({ trace, toCause }: NoticesProps) {
  const { keeping, skews } = trace;
  return (
    <div class="notices">
      <Cause trace={trace} toCause={toCause} />
      {trace.issues.map(
        ({ eventId, spanId, title }) =>
          trace.spans.every(({ id }) => id !== spanId) && (
            <p key={eventId} class="notice">
              <b>Sentry issue</b> <bdi>{title}</bdi> (of a span that is not here)
            </p>
          ),
      )}
      <p class="notice">
        <b>Why it is here</b> {whyHere(keeping)}
      </p>
      {keeping.droppedSpans > 0 && (
        <p class="notice warn">
          {countOf(keeping.droppedSpans, "span")} left out by a service: the trace is too large.
        </p>
      )}
      {keeping.crashed && <p class="notice warn">A process died of an uncaught error in the middle of it.</p>}
      {skews.map(({ service, caller, aheadNanos }) => (
        <p key={`${service} ${caller}`} class="notice warn">
          The clock of <bdi>{service}</bdi> is about {formatDuration(Math.abs(aheadNanos))}{" "}
          {aheadNanos < 0 ? "behind" : "ahead of"} that of <bdi>{caller}</bdi>: bars are shifted against each
          other.
        </p>
      ))}
    </div>
  );
}

function Cause({ trace: { summary }, toCause }: NoticesProps) {
  const { cause, status } = summary;
  if (!cause) return null;
  const title = cause.stated ? "Root cause" : status === "failed" ? "Failed first" : "A call failed";
  return (
    <p class={`notice cause ${status}`}>
      <b
        title={
          cause.stated
            ? "Marked by Tracekeep where it happened"
            : "Concluded from the spans that were received"
        }
      >
        {title}
      </b>{" "}
      <Service name={cause.service} /> <bdi>{withoutPackage(cause.name)}</bdi>
      {cause.reason && (
        <>
          {" – "}
          <bdi class="reason">{cause.reason}</bdi>
        </>
      )}
      <button type="button" class="link" onClick={toCause} title="e">
        Show the span
      </button>
    </p>
  );
}

const REASONS: Readonly<Record<string, string>> = {
  error: "Kept, because it failed: sent whole, whatever the sampling rate.",
  slow: "Kept, because it took longer than TRACE_KEEP_SLOW_MS.",
  retry: "Kept, because a call in it was a retry: an earlier attempt failed.",
  upstream: "Kept, because a caller asked for it.",
};

function whyHere({ reason, weight }: TraceView["keeping"]): string {
  if (reason !== null) return REASONS[reason] ?? `Kept by the service itself: ${reason}.`;
  if (weight > 1.5) return `Sampled: it stands for about ${Math.round(weight)} traces.`;
  return "Sampled: every trace is sent.";
}
