import { createSpanCompleter, type EncodedSpan } from "../otlp/index.ts";
import type { EntryHeader } from "./byte-ring.ts";
import { EntryFlag } from "./flight-record.ts";

type Scope = EncodedSpan["scope"];

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
  readonly #scopes: Scope[] = [];
  /** Spans that were handed on since the start. */
  exported = 0;
  /** Those of kept traces among them. */
  kept = 0;

  constructor(exportSpan: ExportSpan) {
    this.#export = exportSpan;
  }

  /** The number by which the record knows an instrumentation scope; there are only as many as tracers. */
  numberOf(scope: Scope): number {
    let number = this.#numbers.get(scope);
    if (number === undefined) {
      number = this.#scopes.push(scope) - 1;
      this.#numbers.set(scope, number);
    }
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
