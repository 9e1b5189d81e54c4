import fc from "fast-check";
import { expect, test } from "vitest";
import { formatSentryTrace, parseSentryTrace } from "./sentry-trace.ts";
import { areValidIds } from "./traceparent.ts";

const TRACE = "771a43a4192642f0b136d5159a501700";
const SPAN = "b7ad6b7169203331";

const id = (digits: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((text) => /[1-9a-f]/.test(text));

test("what is written is read back, the open decision included", () => {
  const decision = fc.constantFrom(true, false, undefined);
  fc.assert(
    fc.property(id(32), id(16), decision, (traceId, spanId, sampled) => {
      expect(parseSentryTrace(formatSentryTrace(traceId, spanId, sampled))).toEqual({
        traceId,
        spanId,
        sampled,
      });
    }),
  );
});

test("a header without a flag leaves the decision open; it is not a no", () => {
  expect(parseSentryTrace(`${TRACE}-${SPAN}`)?.sampled).toBeUndefined();
  expect(parseSentryTrace(`${TRACE}-${SPAN}-0`)?.sampled).toBe(false);
  expect(parseSentryTrace(`${TRACE}-${SPAN}-1`)?.sampled).toBe(true);
});

test.each([
  ["nothing", ""],
  ["only a flag", "-1"],
  ["only a trace id", TRACE],
  ["a flag that is none", `${TRACE}-${SPAN}-2`],
  ["an empty flag", `${TRACE}-${SPAN}-`],
  ["upper-case hex", `${TRACE.toUpperCase()}-${SPAN}-1`],
  ["ids of zeros", `${"0".repeat(32)}-${"0".repeat(16)}-1`],
  ["a traceparent", `00-${TRACE}-${SPAN}-01`],
  ["far too much", `${TRACE}-${SPAN}-1${" ".repeat(10_000)}`],
])("refused: %s", (_case, header) => {
  expect(parseSentryTrace(header)).toBeUndefined();
});

test("whatever comes, it never throws and never yields ids that may not be sent", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), (header) => {
      const parsed = parseSentryTrace(header);
      if (parsed !== undefined) expect(areValidIds(parsed.traceId, parsed.spanId)).toBe(true);
    }),
  );
});
