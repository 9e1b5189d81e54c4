import { expect, it } from "vitest";
import { findSpans } from "../../src/page/trace/find.ts";

it("a span is found by its id, as it stands in a log", () => {
  const spans = [{ id: "b7ad6b7169203331", name: "n", outcome: "", service: 0 }] as never;
  expect(findSpans({ spans, services: ["a"] }, "B7AD6B7169203331")?.size).toBe(1);
  expect(findSpans({ spans, services: ["a"] }, "b7")?.size).toBe(0);
});
