import { useState } from "preact/hooks";
import type { TraceView } from "../../api/wire.ts";
import { Empty } from "../parts/marks.tsx";
import { Go } from "../shell/go.tsx";
import { stepKeys, useKeys } from "../state/keys.ts";
import { traces } from "../state/live.ts";
import { useLoaded } from "../state/load.ts";
import { go, route } from "../state/route.ts";
import { useTitle } from "../state/title.ts";
import { findSpans } from "./find.ts";
import { FindBox } from "./find-box.tsx";
import { linesOf } from "./lines.ts";
import { SpanPanel } from "./span-panel.tsx";
import { TraceHeader } from "./trace-header.tsx";
import { Waterfall } from "./waterfall.tsx";

/** A whole trace: what happened, the waterfall, and all that the selected span says. */
export function TracePage({ traceId }: { readonly traceId: string }) {
  const { value, fault } = useLoaded<TraceView>(`/data/traces/${traceId}`, traces.value.get(traceId));
  if (value) return <LoadedTrace trace={value} />;
  if (fault === undefined) return <Empty title="Looking …" />;
  return (
    <Empty title="This trace is not here">
      <p>{fault}</p>
      <Go to={{ view: "traces" }} class="button">
        To the list
      </Go>
    </Empty>
  );
}

function LoadedTrace({ trace }: { readonly trace: TraceView }) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [onlyCritical, setOnlyCritical] = useState(false);
  const [text, setText] = useState("");
  const { traceId, name, cause } = trace.summary;
  useTitle(`${name} · ${traceId.slice(0, 8)}`);
  const { spanId } = route.value;
  const lines = linesOf(trace.spans, folded, cause?.spanId);
  const found = findSpans(trace, text);
  const spans = lines.flatMap((line) => (line.kind === "span" ? line.span : []));
  const selected = spans.findIndex(({ id }) => id === spanId);
  const select = (id: string) => go({ spanId: id }, { replace: true });
  const step = (by: number) => {
    const next = spans[Math.min(spans.length - 1, Math.max(0, selected + by))];
    if (next) select(next.id);
  };
  const fold = (id: string) =>
    setFolded((before) =>
      before.has(id) ? new Set([...before].filter((one) => one !== id)) : new Set(before).add(id),
    );
  /** Shows a span, also if it is below one that is folded. */
  const unfoldTo = (id: string | undefined) => {
    if (id === undefined) return;
    setFolded(new Set());
    select(id);
  };
  const toCause = () => unfoldTo(cause?.spanId);
  useKeys({
    ...stepKeys(step),
    Enter: () => (spans[selected]?.children ?? 0) > 0 && fold(spanId),
    Escape: () => (spanId ? select("") : go({ view: "traces" })),
    e: toCause,
    c: () => setOnlyCritical(!onlyCritical),
  });
  return (
    <section class="trace">
      <TraceHeader
        trace={trace}
        toCause={toCause}
        onlyCritical={onlyCritical}
        setOnlyCritical={setOnlyCritical}
      />
      <div class={`trace-body ${onlyCritical ? "only-critical" : ""}`}>
        <Waterfall trace={trace} lines={lines} selectedId={spanId} found={found} select={select} fold={fold}>
          <FindBox
            text={text}
            found={found?.size ?? 0}
            setText={setText}
            next={() => unfoldTo(nextOf([...(found ?? [])], spanId))}
          />
        </Waterfall>
        {spanId && <SpanPanel traceId={traceId} spanId={spanId} issues={trace.issues} />}
      </div>
    </section>
  );
}

/** The one after the current one, or the first. */
function nextOf(ids: readonly string[], current: string): string | undefined {
  return ids[(ids.indexOf(current) + 1) % Math.max(1, ids.length)];
}
