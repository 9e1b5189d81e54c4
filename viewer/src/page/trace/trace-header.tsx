import type { TraceView } from "../../api/wire.ts";
import { countOf, formatDuration } from "../../render/format.ts";
import { CopyButton } from "../parts/copy-button.tsx";
import { isoTime, timeOfDay, withoutPackage } from "../parts/figures.ts";
import { Service, StatusMark } from "../parts/marks.tsx";
import { Go } from "../shell/go.tsx";
import { curlOf, jsonOf } from "./clipboard.ts";
import { Notices } from "./notices.tsx";
import { WaitedFor } from "./waited-for.tsx";

interface TraceHeaderProps {
  readonly trace: TraceView;
  readonly toCause: () => void;
  readonly onlyCritical: boolean;
  readonly setOnlyCritical: (only: boolean) => void;
}

/** What a trace is, how it ended and why it is here. */
export function TraceHeader({ trace, toCause, onlyCritical, setOnlyCritical }: TraceHeaderProps) {
  const { traceId, name, service, status, outcome } = trace.summary;
  return (
    <header class="trace-header">
      <div class="line title-line">
        <Go to={{ view: "traces" }} class="button">
          ← <span class="visually-hidden">Back to the list</span>
        </Go>
        <StatusMark status={status} />
        <h1>
          <bdi>{withoutPackage(name) || "(no name)"}</bdi>
        </h1>
        <Service name={service} />
        {outcome && <span class={`code ${status}`}>{outcome}</span>}
        <span class="grow" />
        <CopyButton
          label="Copy as curl"
          title="A command that posts this trace again"
          text={() => curlOf(traceId)}
        />
        <CopyButton label="Copy JSON" title="The trace as OTLP JSON" text={() => jsonOf(traceId)} />
        <CopyButton label="Copy link" title="A link to this trace" text={() => window.location.href} />
      </div>
      <Facts trace={trace} />
      <Notices trace={trace} toCause={toCause} />
      <WaitedFor trace={trace} onlyCritical={onlyCritical} setOnlyCritical={setOnlyCritical} />
    </header>
  );
}

function Facts({
  trace: { summary, services, missingParents, duplicates, leftOut },
}: {
  readonly trace: TraceView;
}) {
  const facts = [
    formatDuration(summary.nanos),
    countOf(summary.spans, "span"),
    countOf(services.length, "service"),
    summary.environment,
    missingParents > 0 && `${countOf(missingParents, "parent")} not received`,
    duplicates > 0 && `${countOf(duplicates, "duplicate")} ignored`,
    leftOut > 0 && `${countOf(leftOut, "span")} not shown`,
  ];
  return (
    <p class="line facts">
      <time title={isoTime(summary.startMs)}>{timeOfDay(summary.startMs)}</time>
      {facts.map((fact) => fact && <span key={fact}>{fact}</span>)}
      <code class="id">{summary.traceId}</code>
    </p>
  );
}
