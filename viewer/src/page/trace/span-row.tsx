import { formatDuration } from "../../render/format.ts";
import { withoutPackage } from "../parts/figures.ts";
import { colorOf } from "../state/colors.ts";
import type { Line } from "./lines.ts";
import { SpanBar } from "./span-bar.tsx";

/** Deeper spans are no further to the right: their names would have no room. */
const DEEPEST_INDENT = 20;
const INDENT = 14;

interface SpanRowProps {
  readonly line: Extract<Line, { kind: "span" }>;
  readonly service: string;
  /** Duration of the trace in nanoseconds. */
  readonly range: number;
  readonly selected: boolean;
  /** What the span is called if the trace failed here first; else undefined. */
  readonly causeTitle: string | undefined;
  /** It is not what is looked for. */
  readonly faded: boolean;
  readonly select: (spanId: string) => void;
  readonly fold: (spanId: string) => void;
}

/** One span: its place in the tree, its bar and its status. */
export function SpanRow({ line, service, range, selected, causeTitle, faded, select, fold }: SpanRowProps) {
  const { span, folded } = line;
  const classes = ["span-row", colorOf(service)];
  if (selected) classes.push("selected");
  if (span.failed) classes.push("failed");
  if (causeTitle) classes.push("first-failed");
  if (faded) classes.push("faded");
  if (!span.critical) classes.push("not-critical");
  return (
    <div class={classes.join(" ")} id={`span-${span.id}`}>
      <button
        type="button"
        class="row-button"
        aria-pressed={selected}
        aria-label={`${service}: ${span.name}, ${formatDuration(span.nanos)} ${span.outcome}`}
        title={`${service}: ${span.name}`}
        onClick={() => select(span.id)}
      />
      <div class="name-cell">
        <Indent depth={span.depth} />
        <Caret below={span.children} isFolded={folded > 0} fold={() => fold(span.id)} />
        <i class="service-tick" />
        <span class="service-name">
          <bdi>{service}</bdi>
        </span>
        <span class="span-name">
          {span.kind === "client" || span.kind === "producer" ? "→ " : ""}
          <bdi>{withoutPackage(span.name)}</bdi>
        </span>
        {causeTitle && <span class="badge cause">{causeTitle}</span>}
        {folded > 0 && <span class="badge">{folded} below</span>}
      </div>
      <SpanBar span={span} range={range} />
      <div class="status-cell">
        <bdi>{span.failed ? `✗ ${span.outcome}` : span.outcome}</bdi>
      </div>
    </div>
  );
}

function Indent({ depth }: { readonly depth: number }) {
  return <i class="indent" style={{ width: `${Math.min(depth, DEEPEST_INDENT) * INDENT}px` }} />;
}

interface CaretProps {
  /** Spans right below. */
  readonly below: number;
  readonly isFolded: boolean;
  readonly fold: () => void;
}

function Caret({ below, isFolded, fold }: CaretProps) {
  if (below === 0) return <i class="caret" />;
  return (
    <button
      type="button"
      class="caret"
      tabIndex={-1}
      aria-label={isFolded ? "Unfold" : "Fold"}
      onClick={fold}
    >
      {isFolded ? "▸" : "▾"}
    </button>
  );
}

/** The place of a parent that was not received. */
export function MissingRow({ depth, id }: { readonly depth: number; readonly id: string }) {
  return (
    <div class="span-row missing">
      <div class="name-cell" title="It may belong to a caller that is not traced here">
        <Indent depth={depth} />
        <i class="caret" />
        parent {id} not received
      </div>
    </div>
  );
}

/** What went wrong, below the span in which it did. */
export function NoteRow({ depth, text }: { readonly depth: number; readonly text: string }) {
  return (
    <div class="span-row note">
      <div class="note-cell" title={text}>
        <Indent depth={depth + 2} />✗ <bdi>{text}</bdi>
      </div>
    </div>
  );
}
