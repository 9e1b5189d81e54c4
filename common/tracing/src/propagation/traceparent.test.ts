import fc from "fast-check";
import { expect, test } from "vitest";
import { areValidIds, formatTraceParent, parseTraceParent } from "./traceparent.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

const hex = (digits: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((id) => /[1-9a-f]/.test(id));

test("what is written is read back", () => {
  fc.assert(
    fc.property(hex(32), hex(16), fc.boolean(), (traceId, spanId, sampled) => {
      expect(parseTraceParent(formatTraceParent(traceId, spanId, sampled))).toEqual({
        traceId,
        spanId,
        sampled,
      });
    }),
  );
});

test.each([
  ["version 00", `00-${TRACE}-${SPAN}-01`, true],
  ["not sampled", `00-${TRACE}-${SPAN}-00`, false],
  ["other flags beside sampled", `00-${TRACE}-${SPAN}-03`, true],
  ["other flags without sampled", `00-${TRACE}-${SPAN}-02`, false],
  ["white space around it", ` 00-${TRACE}-${SPAN}-01\t`, true],
  ["a later version", `cc-${TRACE}-${SPAN}-01`, true],
  ["a later version with more fields", `01-${TRACE}-${SPAN}-01-what-the-future-brings`, true],
])("accepted: %s", (_case, header, sampled) => {
  expect(parseTraceParent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
});

test.each([
  ["nothing", ""],
  ["upper-case hex", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ["trace id of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
  ["span id of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
  ["version ff", `ff-${TRACE}-${SPAN}-01`],
  ["version 00 with more fields", `00-${TRACE}-${SPAN}-01-more`],
  ["a later version with more text and no dash", `01-${TRACE}-${SPAN}-01more`],
  ["no flags", `00-${TRACE}-${SPAN}`],
  ["a short trace id", `00-${TRACE.slice(1)}-${SPAN}-01`],
  ["a long span id", `00-${TRACE}-${SPAN}0-01`],
  ["hex digits of another script", `00-${TRACE.replace("0", "٠")}-${SPAN}-01`],
  ["two values joined", `00-${TRACE}-${SPAN}-01,00-${TRACE}-${SPAN}-01`],
  ["a newline within", `00-${TRACE}-\n${SPAN}-01`],
  ["far too much", `01-${TRACE}-${SPAN}-01-${"x".repeat(10_000)}`],
])("refused: %s", (_case, header) => {
  expect(parseTraceParent(header)).toBeUndefined();
});

test("whatever comes, it never throws and never yields ids that may not be sent", () => {
  const nearly = fc
    .tuple(fc.string({ maxLength: 3 }), hex(32), hex(16), fc.string({ maxLength: 4 }))
    .map((parts) => parts.join("-"));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 600 }), nearly), (header) => {
      const parsed = parseTraceParent(header);
      if (parsed !== undefined) expect(areValidIds(parsed.traceId, parsed.spanId)).toBe(true);
    }),
  );
});

test("of all flags the lowest bit says whether the trace is sampled", () => {
  for (let flags = 0; flags < 256; flags++) {
    const header = `00-${TRACE}-${SPAN}-${flags.toString(16).padStart(2, "0")}`;
    expect(parseTraceParent(header)?.sampled, header).toBe(flags % 2 === 1);
  }
});
