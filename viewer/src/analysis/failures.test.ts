import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySpans } from "../testing/any-spans.ts";
import { failedRequest, SAMPLE_TRACE, type SampleSpan, sampleSpan } from "../testing/sample.ts";
import { statusOfTrace } from "../trace/failure.ts";
import { assembleTrace } from "../trace/trace.ts";
import { keepingOf } from "./keeping.ts";
import { rootCauseOf } from "./root-cause.ts";

const traceOf = (...samples: SampleSpan[]) => assembleTrace(SAMPLE_TRACE, samples.map(sampleSpan));
const idOf = (...samples: SampleSpan[]) => Number(rootCauseOf(traceOf(...samples))?.node.span.spanId);

describe("rootCauseOf", () => {
  it("is the span that Tracekeep marked, though others failed before or below", () => {
    const marked = { "tracekeep.root_cause": true };
    const samples: SampleSpan[] = [
      { id: "1", status: "error" },
      { id: "2", parent: "1", status: "error", attributes: marked, to: 500 },
      { id: "3", parent: "2", status: "error", to: 100 },
    ];
    expect(rootCauseOf(traceOf(...samples))).toMatchObject({ stated: true });
    expect(idOf(...samples)).toBe(2);
  });

  it("is else the first to end of those with no failed span below, however deep the failure", () => {
    const cause = rootCauseOf(assembleTrace(SAMPLE_TRACE, failedRequest));
    expect(cause).toMatchObject({ stated: false, node: { span: { service: "treasury", kind: "server" } } });
    expect(
      idOf(
        { id: "1", status: "error" },
        { id: "2", parent: "1", status: "error", to: 300 },
        { id: "3", parent: "1", status: "error", to: 200 },
        // A span between that has not failed does not hide what failed below.
        { id: "4", parent: "3" },
        { id: "5", parent: "4", status: "error", to: 250 },
      ),
    ).toBe(5);
  });

  it("is there if and only if something failed", () => {
    fc.assert(
      fc.property(anySpans, (spans) => {
        const cause = rootCauseOf(assembleTrace(SAMPLE_TRACE, spans));
        expect(cause?.node.span.status).toBe(
          spans.some(({ status }) => status === "error") ? "error" : undefined,
        );
      }),
    );
  });
});

describe("statusOfTrace", () => {
  it.each<[string, string, SampleSpan[]]>([
    ["ok", "all went well", [{ id: "1", kind: "server" }]],
    [
      "errors",
      "a call failed, and was coped with",
      [{ id: "1" }, { id: "2", parent: "1", kind: "client", status: "error" }],
    ],
    [
      "failed",
      "a server failed",
      [
        { id: "1", kind: "client" },
        { id: "2", parent: "1", kind: "server", status: "error" },
      ],
    ],
    ["failed", "the request itself failed", [{ id: "1", kind: "client", status: "error" }]],
    ["failed", "it was kept for an error", [{ id: "1", attributes: { "tracekeep.keep.reason": "error" } }]],
  ])("%s: %s", (status, _what, samples) => {
    expect(statusOfTrace(samples.map(sampleSpan))).toBe(status);
  });
});

describe("keepingOf", () => {
  it("names the reason of the service that decided, and what is not there", () => {
    const reason = (text: string) => ({ "tracekeep.keep.reason": text });
    expect(
      keepingOf(
        traceOf(
          { id: "1", attributes: { ...reason("upstream"), "tracekeep.dropped_spans": 3 } },
          { id: "2", parent: "1", attributes: { ...reason("slow"), "tracekeep.ended_by": "crash" } },
        ),
      ),
    ).toEqual({ reason: "slow", weight: 1, droppedSpans: 3, crashed: true });
  });

  it("says how many traces a sampled one stands for, and trusts no rate that is none", () => {
    const weight = (rate: number) =>
      keepingOf(traceOf({ id: "1", attributes: { "sentry.client_sample_rate": rate } })).weight;
    expect([0.01, 1, 0, -1, 7].map(weight)).toEqual([100, 1, 1, 1, 1]);
  });
});
