import { createSpanCompleter, type EncodedSpan } from "../otlp/index.ts";
import type { EntryHeader } from "./byte-ring.ts";
import { EntryFlag } from "./flight-record.ts";

type Scope = EncodedSpan["scope"];

/** More scopes than this are not told apart: names made at run time must not pile up. */
const MOST_SCOPES = 4_096;
/** OTLP's word for an instrumentation that is not known. */
const UNKNOWN: Scope = { name: "", version: "" };

/** Takes a span that leaves the process; false if there is nowhere to go. */
export type ExportSpan = (span: EncodedSpan) => boolean;

/** What is written on a span that leaves. */
export interface Departure {
  /** NaN if it is not known. */
  readonly probability: number;
  /** Why its trace was kept; empty if it was just sampled. */
  readonly reason: string;
}

/** Hands recorded spans to the exporter, with what is decided of them only then. */
export class Departures {
  readonly #export: ExportSpan;
  readonly #complete = createSpanCompleter();
  readonly #numbers = new Map<Scope, number>();
  readonly #scopes: Scope[] = [UNKNOWN];
  /** Spans that were handed on since the start. */
  exported = 0;
  /** Those of kept traces among them. */
  kept = 0;

  constructor(exportSpan: ExportSpan) {
    this.#export = exportSpan;
  }

  /** The number by which the record knows an instrumentation scope. */
  numberOf(scope: Scope): number {
    const known = this.#numbers.get(scope);
    if (known !== undefined) return known;
    if (this.#scopes.length >= MOST_SCOPES) return 0;
    const number = this.#scopes.push(scope) - 1;
    this.#numbers.set(scope, number);
    return number;
  }

  send(
    payload: Uint8Array,
    { scope, flags }: Pick<EntryHeader, "scope" | "flags">,
    departure: Departure,
  ): void {
    const bytes = this.#complete(payload, { bits: flags & ~NOT_OF_THE_SPAN, ...departure });
    const kept = departure.reason !== "";
    if (!this.#export({ scope: this.#scopes[scope] as Scope, bytes, kept, spans: 1 })) return;
    this.exported++;
    if (kept) this.kept++;
  }
}

const NOT_OF_THE_SPAN = EntryFlag.sent | EntryFlag.sampled;
