import type { ComponentChildren } from "preact";
import type { TraceView } from "../../api/wire.ts";
import { axisTicks, formatTick } from "../../render/format.ts";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import type { Line } from "./lines.ts";
import { MissingRow, NoteRow, SpanRow } from "./span-row.tsx";

const ROW_HEIGHT = 28;
const MOST_TICKS = 7;
/** Later ticks have no room for a label. */
const LAST_LABEL = 0.93;

interface WaterfallProps {
  readonly trace: TraceView;
  readonly lines: readonly Line[];
  readonly selectedId: string;
  /** The spans that are looked for; undefined: all. */
  readonly found: ReadonlySet<string> | undefined;
  readonly select: (spanId: string) => void;
  readonly fold: (spanId: string) => void;
  /** What stands above the names. */
  readonly children: ComponentChildren;
}

/** The spans of a trace on a common axis. */
export function Waterfall({ trace, lines, selectedId, found, select, fold, children }: WaterfallProps) {
  const range = Math.max(1, trace.summary.nanos);
  const { cause } = trace.summary;
  const draw = (index: number) => {
    const line = lines[index];
    if (!line) return null;
    const { span } = line;
    const key = `${line.kind} ${span.id}`;
    if (line.kind === "missing") return <MissingRow key={key} depth={span.depth} id={line.id} />;
    if (line.kind === "note") return <NoteRow key={key} depth={span.depth} text={line.text} />;
    const causeTitle = cause?.stated ? "root cause" : "failed first";
    return (
      <SpanRow
        key={key}
        line={line}
        service={trace.services[span.service] ?? ""}
        range={range}
        selected={span.id === selectedId}
        causeTitle={span.id === cause?.spanId ? causeTitle : undefined}
        faded={found !== undefined && !found.has(span.id)}
        select={select}
        fold={fold}
      />
    );
  };
  return (
    <div class="waterfall">
      <div class="axis">
        {children}
        <Ticks range={range} />
        <span>Status</span>
      </div>
      <GridLines range={range} />
      <VirtualRows
        class="span-rows"
        label="Spans"
        count={lines.length}
        rowHeight={ROW_HEIGHT}
        inSight={{
          id: selectedId,
          index: lines.findIndex((line) => line.kind === "span" && line.span.id === selectedId),
        }}
        row={draw}
      />
    </div>
  );
}

function Ticks({ range }: { readonly range: number }) {
  return (
    <span class="ticks" aria-hidden="true">
      {axisTicks(range, MOST_TICKS).map((tick) => (
        <span key={tick} class="tick" style={{ left: `${(tick / range) * 100}%` }}>
          {tick / range < LAST_LABEL && formatTick(tick)}
        </span>
      ))}
    </span>
  );
}

function GridLines({ range }: { readonly range: number }) {
  return (
    <div class="grid-lines" aria-hidden="true">
      <span />
      <span>
        {axisTicks(range, MOST_TICKS).map((tick) => (
          <i key={tick} style={{ left: `${(tick / range) * 100}%` }} />
        ))}
      </span>
    </div>
  );
}
