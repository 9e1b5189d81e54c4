import type { SpanView } from "../../api/wire.ts";
import { formatDuration } from "../../render/format.ts";

interface SpanBarProps {
  readonly span: SpanView;
  /** Duration of the trace in nanoseconds. */
  readonly range: number;
}

/** A span on the axis, with its events and the parts that the trace waited for. */
export function SpanBar({ span, range }: SpanBarProps) {
  const share = (nanos: number) => Math.min(100, Math.max(0, (nanos / range) * 100));
  const left = share(span.start);
  const width = Math.min(100 - left, share(span.nanos));
  // The duration stands where there is room: behind the bar, before it, or else on it.
  const side = left + width < 84 ? "behind" : left > 14 ? "before" : "on";
  const at = {
    behind: { left: `${left + width}%` },
    before: { right: `${100 - left}%` },
    on: { right: `${100 - left - width}%` },
  }[side];
  return (
    <div class="bar-cell">
      <i class="bar" style={{ left: `${left}%`, width: `${width}%` }} />
      {span.critical?.map(([from, to]) => (
        <i key={from} class="critical" style={{ left: `${share(from)}%`, width: `${share(to - from)}%` }} />
      ))}
      {span.events?.map((event, index) => (
        <i key={index} class="event" style={{ left: `${share(event)}%` }} />
      ))}
      <span class={`bar-label ${side}`} style={at}>
        {formatDuration(span.nanos)}
      </span>
    </div>
  );
}
