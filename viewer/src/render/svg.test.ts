import { describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_TRACE, sampleSpan } from "../testing/sample.ts";
import { assembleTrace } from "../trace/trace.ts";
import { waterfallSvg } from "./svg.ts";

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe("waterfallSvg", () => {
  const svg = waterfallSvg(assembleTrace(SAMPLE_TRACE, failedRequest));

  it("draws a bar a span, failures in red, and what went wrong", () => {
    expect(svg.match(/<rect class="(bad|s\d)"/g)).toHaveLength(8);
    expect(svg.match(/<rect class="bad"/g)).toHaveLength(6);
    expect(textsOf(svg)).toEqual(
      expect.arrayContaining([
        "treasury",
        "→ SELECT institutions",
        "84.2 ms",
        "✗ UNAVAILABLE",
        "bank DOWNBANK is not reachable",
      ]),
    );
  });

  it("keeps every bar within the picture", () => {
    for (const [, x, width] of svg.matchAll(/<rect class="(?:bad|s\d)" x="([\d.]+)".*? width="([\d.]+)"/g)) {
      expect(Number(x) + Number(width)).toBeLessThan(1120);
    }
  });

  it("stays well-formed whatever the names are", () => {
    const hostile = sampleSpan({
      id: "1",
      name: `</text><script>"&amp;\u0000`,
      service: "<b>",
      status: "error",
      message: "]]>",
    });
    const drawn = waterfallSvg(assembleTrace(SAMPLE_TRACE, [hostile]));
    expect(drawn).not.toMatch(/<script|<b>|\0|]]>/);
    expect(textsOf(drawn)).toContain("&#60;b&#62;");
  });
});
