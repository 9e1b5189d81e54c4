import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_TRACE, sampleSpan } from "../testing/sample.ts";
import { assembleTrace } from "../trace/trace.ts";
import { displayWidth } from "./text.ts";
import { waterfall } from "./waterfall.ts";

const trace = assembleTrace(SAMPLE_TRACE, failedRequest);
const print = (width: number, ofTrace = trace) => waterfall(ofTrace, { width, color: false });

describe("waterfall", () => {
  it("shows service, tree, bar, duration, status and where the failure came from", () => {
    expect(`\n${print(110)}`).toMatchInlineSnapshot(`
      "
      Trace 0af7651916cd43dd8448eb211c80319c · 84.2 ms · 8 spans · 3 services · development
                                                           0       20 ms   40 ms   60 ms
      gateway   POST /accounts                             ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  84.2 ms  ✗ 503
      gateway   └ → LedgerService/CreateAccount             ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸  80.9 ms  ✗ UNAVAILABLE
      ledger      └ LedgerService/CreateAccount               ━━━━━━━━━━━━━━━━━━━━━━━━━━━━╸   73.0 ms  ✗ UNAVAILABLE
      ledger        └ open account                            ╺━━━━━━━━━━━━━━━━━━━━━━━━━━━╸   71.5 ms  ✗ ERROR
      ledger          ├ → SELECT accounts                      ╸                               450 µs
      ledger          └ → TreasuryService/ValidateAccount      ╺━━━━━━━━━━━━━━━━━━━━━━━━━━╸   68.0 ms  ✗ UNAVAILABLE
      treasury          └ TreasuryService/ValidateAccount          ━━━━━━━━━━━━━━━━━━━━━━     56.0 ms  ✗ UNAVAILABLE
                          │ ✗ bank DOWNBANK is not reachable
      treasury            └ → SELECT institutions                  ╺╸                         2.00 ms
      "
    `);
  });

  it("gives full method names where there is room", () => {
    expect(print(160)).toContain("→ treasury.v1.TreasuryService/ValidateAccount");
  });

  it("says which parents were not received", () => {
    const text = print(110, assembleTrace(SAMPLE_TRACE, failedRequest.slice(2)));
    expect(text).toContain("1 parent not received");
    expect(text).toContain("(parent 0000000000000002 not received)");
  });

  it("prints the plain text in colour, if asked", () => {
    const colored = waterfall(trace, { width: 110, color: true });
    expect(colored).toContain("\u001b[31m");
    expect(stripVTControlCharacters(colored)).toBe(print(110));
  });

  it("keeps to the width and to printable characters, whatever the spans say", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: "grapheme" }),
      fc.constant("\u001b[2J\u202e名前 🎉"),
    );
    const span = fc.record({ name: text, message: text, service: text, from: fc.nat(1e6), to: fc.nat(1e6) });
    fc.assert(
      fc.property(
        fc.array(span, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 40, max: 200 }),
        (samples, width) => {
          const spans = samples.map((sample, index) =>
            sampleSpan({
              id: (index + 1).toString(16),
              parent: index.toString(16),
              status: "error",
              ...sample,
            }),
          );
          const lines = print(width, assembleTrace(SAMPLE_TRACE, spans)).split("\n");
          for (const line of lines) {
            expect(displayWidth(line)).toBeLessThanOrEqual(width);
            expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
          }
          expect(lines.length).toBeGreaterThan(spans.length);
        },
      ),
    );
  });

  it("stops after the most spans to print, and says so", () => {
    expect(waterfall(trace, { color: false, maxSpans: 3 })).toMatch(/\n… and 5 more\n$/);
  });
});
