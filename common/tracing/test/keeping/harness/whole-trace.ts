import { expect } from "vitest";
import type { ArrivedError, ArrivedSpan } from "../../harness/intake.ts";
import type { Mesh, Outcome } from "./mesh.ts";
import { shapeOf } from "./trace-shape.ts";

/** The same services twice: once with every trace sampled, once with none. */
export interface MeshPair {
  readonly sampled: Mesh;
  readonly unsampled: Mesh;
}

/** A trace that has arrived. */
export interface ArrivedTrace {
  readonly outcome: Outcome;
  readonly spans: readonly ArrivedSpan[];
  readonly shape: readonly string[];
  readonly errors: readonly ArrivedError[];
}

export type Play = (mesh: Mesh) => Promise<Outcome>;

/**
 * Plays the same where every trace is sampled and where none is, and compares what arrives, span by
 * span: all of the trace, nothing else, and each span stands for itself alone.
 */
export async function expectWhole(
  { sampled, unsampled }: MeshPair,
  play: Play,
  reason: unknown = "error",
): Promise<ArrivedTrace> {
  const reference = await playAndSettle(sampled, play);
  const before = new Set(unsampled.intake.spans);
  const kept = await playAndSettle(unsampled, play, reference.spans.length);
  expect(kept.shape).toEqual(reference.shape);
  expect(kept.outcome.code).toBe(reference.outcome.code);
  const others = unsampled.intake.spans.filter(
    (span) => !before.has(span) && span.traceId !== kept.outcome.traceId,
  );
  expect(shapeOf(others)).toEqual([]);
  expectKept(kept.spans, reason);
  // One issue for each failure, made where it began.
  expect(eventsOf(kept)).toEqual(eventsOf(reference));
  expect(kept.errors.map(({ contexts }) => contexts.trace.span_id).sort()).toEqual(
    kept.spans
      .filter(isRootCause)
      .map(({ spanId }) => spanId)
      .sort(),
  );
  return kept;
}

/**
 * Each of these spans stands for itself alone and says why it is here.
 *
 * @param reason a text, or one of vitest's matchers.
 */
export function expectKept(spans: readonly ArrivedSpan[], reason: unknown = "error"): void {
  const marks = spans.map(({ attributes, traceState }) => [
    attributes["sentry.client_sample_rate"],
    traceState,
    attributes["tracekeep.keep.reason"],
  ]);
  // A trace that was drawn before says with which draw.
  const kept = expect.stringMatching(/^ot=th:0{14}(?:;rv:[0-9a-f]{14})?$/);
  expect(marks).toEqual(spans.map(() => [1, kept, reason]));
}

/** Plays, and waits until everything has arrived that will. */
export async function playAndSettle(mesh: Mesh, play: Play, least = 0): Promise<ArrivedTrace> {
  const outcome = await play(mesh);
  // What is missing then is told by the comparison.
  await mesh.intake.until(() => mesh.spansOf(outcome).length >= least, "all spans").catch(() => {});
  await mesh.settle();
  const spans = mesh.spansOf(outcome);
  return { outcome, spans, shape: shapeOf(spans), errors: mesh.errorsOf(outcome) };
}

const isRootCause = ({ attributes }: ArrivedSpan): boolean => attributes["tracekeep.root_cause"] === true;

const eventsOf = ({ errors }: ArrivedTrace): string[] =>
  errors.map(({ tags }) => `${tags.service} ${tags["rpc.status_code"]}`).sort();

/** The service and span that carry the mark of the root cause. */
export function rootCauses({ spans }: Pick<ArrivedTrace, "spans">): string[] {
  return spans.filter(isRootCause).map((span) => shapeOf([{ ...span, parentSpanId: "other" }])[0] as string);
}

/** Where the spans that pass a failure on say that it came from. */
export function relayedFrom({ spans }: Pick<ArrivedTrace, "spans">): string[] {
  return spans
    .filter(({ attributes }) => attributes["tracekeep.relayed.code"] !== undefined)
    .map(({ attributes, resource, kind }) => {
      const [service, method, code] = ["service", "method", "code"].map(
        (part) => attributes[`tracekeep.relayed.${part}`],
      );
      const side = kind === 3 ? "client" : "server";
      return `${resource["service.name"]} ${side}: ${service} ${String(method).split("/")[1]} ${code}`;
    })
    .sort();
}
