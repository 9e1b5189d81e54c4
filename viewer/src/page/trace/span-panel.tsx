import type { SpanDetails, TraceView } from "../../api/wire.ts";
import { formatDuration } from "../../render/format.ts";
import { isoTime } from "../parts/figures.ts";
import { Service } from "../parts/marks.tsx";
import { traces } from "../state/live.ts";
import { useLoaded } from "../state/load.ts";
import { go } from "../state/route.ts";
import { AttributeList } from "./attribute-list.tsx";
import { Events, Links, Section } from "./span-sections.tsx";

interface SpanPanelProps {
  readonly traceId: string;
  readonly spanId: string;
  readonly issues: TraceView["issues"];
}

/** All that the selected span says. */
export function SpanPanel({ traceId, spanId, issues }: SpanPanelProps) {
  const address = `/data/traces/${traceId}/spans/${encodeURIComponent(spanId)}`;
  const { value, fault } = useLoaded<SpanDetails>(address, traces.value.get(traceId)?.spans);
  return (
    <aside class="span-panel" aria-label="Span">
      <button
        type="button"
        class="button close"
        title="Escape"
        aria-label="Close"
        onClick={() => go({ spanId: "" }, { replace: true })}
      >
        ✕
      </button>
      {fault && <p class="fault">{fault}</p>}
      {value && <Details span={value} issues={issues.filter((issue) => issue.spanId === spanId)} />}
    </aside>
  );
}

function Details({ span, issues }: { readonly span: SpanDetails; readonly issues: TraceView["issues"] }) {
  return (
    <>
      <h2>
        <bdi>{span.name || "(no name)"}</bdi>
      </h2>
      <p class="line facts">
        <Service name={span.service} />
        <span>{span.kind}</span>
        <span>{formatDuration(span.nanos)}</span>
        <span>at {formatDuration(span.start)}</span>
        {span.status === "error" && <span class="code failed">error</span>}
      </p>
      {span.statusMessage && (
        <p class="notice cause failed">
          <bdi>{span.statusMessage}</bdi>
        </p>
      )}
      {issues.map((issue) => (
        <p key={issue.eventId} class="notice">
          <b>Sentry issue</b> <bdi>{issue.title}</bdi>
        </p>
      ))}
      <Section title="Attributes" count={Object.keys(span.attributes).length}>
        <AttributeList attributes={span.attributes} />
      </Section>
      <Events span={span} />
      <Links span={span} />
      <Section title="Resource" count={Object.keys(span.resource).length}>
        <AttributeList attributes={span.resource} />
      </Section>
      <Section title="Ids" count={2}>
        <AttributeList
          attributes={{
            span: span.spanId,
            parent: span.parentSpanId ?? "none",
            "made by": span.scope,
            begun: isoTime(span.startMs),
          }}
        />
      </Section>
    </>
  );
}
