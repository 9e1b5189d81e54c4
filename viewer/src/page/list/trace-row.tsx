import type { TraceSummary } from "../../api/wire.ts";
import { formatDuration } from "../../render/format.ts";
import { isoTime, timeOfDay, withoutPackage } from "../parts/figures.ts";
import { Service, StatusMark } from "../parts/marks.tsx";
import { Go } from "../shell/go.tsx";
import { colorOf } from "../state/colors.ts";

interface TraceRowProps {
  readonly trace: TraceSummary;
  /** Duration of the longest trace of the list, in nanoseconds. */
  readonly longest: number;
  readonly selected: boolean;
}

/** One trace of the list. */
export function TraceRow({ trace, longest, selected }: TraceRowProps) {
  const { traceId, status, services, startMs, nanos, spans, environment } = trace;
  return (
    <Go
      to={{ view: "trace", traceId }}
      class={`trace-row ${status} ${selected ? "selected" : ""}`}
      id={`trace-${traceId}`}
    >
      <StatusMark status={status} />
      <div class="trace-title">
        <Title trace={trace} />
        <Story trace={trace} />
      </div>
      <span class="dots" title={services.join(", ")}>
        {services.map((service) => (
          <i key={service} class={colorOf(service)} />
        ))}
      </span>
      <span class="badge-cell">
        <Reason trace={trace} />
      </span>
      <span class="dim">{environment}</span>
      <span class="duration">
        {formatDuration(nanos)}
        <i class="meter">
          <i style={{ width: `${(nanos / longest) * 100}%` }} />
        </i>
      </span>
      <span class="number dim" title="Spans">
        {spans}
      </span>
      <time class="number dim" title={isoTime(startMs)}>
        {timeOfDay(startMs)}
      </time>
    </Go>
  );
}

interface PartProps {
  readonly trace: TraceSummary;
}

function Title({ trace: { service, name, outcome, status } }: PartProps) {
  return (
    <div class="line">
      <Service name={service} />
      <b>
        <bdi>{withoutPackage(name) || "(no name)"}</bdi>
      </b>
      {outcome && <span class={`code ${status}`}>{outcome}</span>}
    </div>
  );
}

/** What went wrong, or else which way the request took. */
function Story({ trace: { cause, services } }: PartProps) {
  if (!cause) return <div class="line dim">{services.join(" → ")}</div>;
  return (
    <div class="line cause">
      <bdi>
        {cause.service}: {withoutPackage(cause.name)}
        {cause.reason && ` – ${cause.reason}`}
      </bdi>
    </div>
  );
}

/** Why it was sent, where that says something. */
function Reason({ trace: { reason, weight } }: PartProps) {
  if (reason !== null) return <span class="badge kept">kept: {reason}</span>;
  if (weight < 1.5) return null;
  return (
    <span class="badge" title={`Sampled: it stands for about ${Math.round(weight)} traces`}>
      1 of {Math.round(weight)}
    </span>
  );
}
