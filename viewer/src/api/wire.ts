// What the page is sent. Types only, of nothing that a browser lacks.
import type { TraceStatus } from "../trace/status.ts";

/** What went wrong, where. */
export interface CauseView {
  readonly spanId: string;
  readonly service: string;
  readonly name: string;
  readonly reason: string;
  /** Tracekeep has marked the span; otherwise it is concluded. */
  readonly stated: boolean;
}

/** A line of the list of traces. */
export interface TraceSummary {
  readonly traceId: string;
  readonly service: string;
  readonly name: string;
  /** At most ten. */
  readonly services: readonly string[];
  readonly environment: string;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  readonly nanos: number;
  readonly spans: number;
  readonly status: TraceStatus;
  /** gRPC code or HTTP status of the first span. */
  readonly outcome: string;
  readonly cause: CauseView | null;
  /** Why it was kept; null: it was sampled. */
  readonly reason: string | null;
  /** How many traces it stands for. */
  readonly weight: number;
}

/** What can be chosen, whatever is searched for. */
export interface Facets {
  /** In the order in which they were first seen, so that each has its colour. */
  readonly services: readonly string[];
  readonly environments: readonly string[];
}

/** A message of the live list. */
export interface LiveMessage {
  readonly upsert: readonly TraceSummary[];
  readonly remove: readonly string[];
  readonly facets: Facets;
  /** What of the search cannot be understood. */
  readonly faults: readonly string[];
  readonly totals: { readonly traces: number; readonly spans: number; readonly evicted: number };
  /** Everything that was there has been sent. */
  readonly complete: boolean;
}

/** A span of the waterfall. Times are nanoseconds after the trace's start. */
export interface SpanView {
  readonly id: string;
  readonly depth: number;
  readonly children: number;
  /** Index into the trace's services. */
  readonly service: number;
  readonly name: string;
  readonly kind: string;
  readonly start: number;
  readonly nanos: number;
  readonly outcome: string;
  readonly failed: boolean;
  readonly reason?: string;
  readonly missingParent?: string;
  /** The times at which the trace waited for this very span. */
  readonly critical?: readonly (readonly [from: number, to: number])[];
  readonly events?: readonly number[];
  readonly links?: number;
}

/** Why a trace is here, and what of it is not. */
export interface KeepingView {
  readonly reason: string | null;
  readonly weight: number;
  readonly droppedSpans: number;
  readonly crashed: boolean;
}

/** A whole trace, but for what single spans say. */
export interface TraceView {
  readonly summary: TraceSummary;
  readonly services: readonly string[];
  readonly spans: readonly SpanView[];
  /** Spans beyond what a page can show. */
  readonly leftOut: number;
  readonly duplicates: number;
  readonly missingParents: number;
  readonly keeping: KeepingView;
  readonly skews: readonly {
    readonly service: string;
    readonly caller: string;
    readonly aheadNanos: number;
  }[];
  readonly issues: readonly { readonly eventId: string; readonly spanId: string; readonly title: string }[];
}

/** Attribute values as JSON has them; what JSON lacks comes as text. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };
export type AttributesView = Readonly<Record<string, JsonValue>>;

/** All that one span says. */
export interface SpanDetails {
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly scope: string;
  readonly status: "unset" | "ok" | "error";
  readonly statusMessage: string;
  readonly startMs: number;
  readonly start: number;
  readonly nanos: number;
  readonly attributes: AttributesView;
  readonly resource: AttributesView;
  readonly events: readonly {
    readonly name: string;
    readonly at: number;
    readonly attributes: AttributesView;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly received: boolean;
    readonly attributes: AttributesView;
  }[];
}

/** Counts and durations of one thing. `count` is how many the `received` ones stand for. */
export interface FiguresView {
  readonly received: number;
  readonly count: number;
  /** 0 to 1. */
  readonly failedShare: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** What the traces that fit a search say together. */
export interface OverviewView {
  readonly traces: number;
  readonly nodes: readonly (FiguresView & {
    readonly name: string;
    readonly outside: boolean;
    /** Finds the traces in which it takes part. */
    readonly search: string;
  })[];
  readonly edges: readonly (FiguresView & { readonly from: string; readonly to: string })[];
  readonly methods: readonly (FiguresView & {
    readonly service: string;
    readonly name: string;
    /** Finds the traces in which it was asked for. */
    readonly search: string;
    readonly histogram: readonly { readonly ok: number; readonly failed: number }[];
  })[];
  /** The histograms' first bucket begins here, and each is so many times as long as the one before. */
  readonly scale: { readonly fromNanos: number; readonly perOctave: number };
}
