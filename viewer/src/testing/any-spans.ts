import fc from "fast-check";
import type { SpanRecord } from "../trace/span.ts";
import { sampleSpan } from "./sample.ts";

/** Spans of one trace whose parents may be missing, form circles or be the span itself, and whose times are anything. */
export const anySpans: fc.Arbitrary<SpanRecord[]> = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 40 }),
      parent: fc.option(fc.nat(45)),
      from: fc.nat(100),
      to: fc.nat(100),
      service: fc.constantFrom("a", "b", "c"),
      kind: fc.constantFrom("server" as const, "client" as const, "internal" as const),
      status: fc.constantFrom("error" as const, "unset" as const),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 30 },
  )
  .map((samples) =>
    samples.map(({ id, parent, ...sample }) =>
      sampleSpan({
        ...sample,
        id: id.toString(16),
        ...(parent === null ? {} : { parent: parent.toString(16) }),
      }),
    ),
  );
