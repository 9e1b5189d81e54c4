import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_TRACE, sampleSpan } from "../testing/sample.ts";
import { assembleTrace } from "../trace/trace.ts";
import { waterfallSvg } from "./svg.ts";
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

  /** A run of payments, each with a call below it; `odd` is what is different about one of them. */
  const payments = (count: number, odd: Partial<Parameters<typeof sampleSpan>[0]> = {}) =>
    assembleTrace(SAMPLE_TRACE, [
      sampleSpan({ id: "1", name: "run", to: count * 100 }),
      ...Array.from({ length: count }, (_, index) => {
        const [from, to] = [index * 100, index * 100 + 90];
        const call = { id: `b${index}`, parent: `a${index}`, service: "bank", name: "transfer", from, to };
        return [
          sampleSpan({ id: `a${index}`, parent: "1", name: "pay", from, to }),
          sampleSpan(index === count - 2 ? { ...call, ...odd } : call),
          sampleSpan({ id: `c${index}`, parent: "1", name: "record", from: to, to: to + 5 }),
        ];
      }).flat(),
    ]);

  it("folds siblings that are alike, if asked", () => {
    expect(`\n${waterfall(payments(50), { width: 80, color: false, foldAfter: 2 })}`).toMatchInlineSnapshot(`
      "
      Trace 0af7651916cd43dd8448eb211c80319c
      5.00 ms · 151 spans · 2 services · development
                                   0       1 ms    2 ms    3 ms    4 ms
      shop  run                    ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  5.00 ms
      shop  ├ pay                  ╸                                         90.0 µs
      bank  │ └ transfer           ╸                                         90.0 µs
      shop  ├ record               ╺                                         5.00 µs
      shop  ├ pay                   ╸                                        90.0 µs
      bank  │ └ transfer            ╸                                        90.0 µs
      shop  ├ … 48 more like this   ╺━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  4.79 ms
      shop  ├ record                ╺                                        5.00 µs
      shop  └ … 48 more like this    ╺━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  4.71 ms
      "
    `);
  });

  it("never folds what is different further below", () => {
    const failing = payments(50, { status: "error", message: "no money" });
    const text = waterfall(failing, { width: 80, color: false, foldAfter: 2 });
    expect(text).toContain("… 47 more like this");
    expect(text).toContain("✗ no money");
  });

  it("folds no single span", () => {
    const text = waterfall(payments(3), { width: 80, color: false, foldAfter: 2 });
    expect(text).not.toContain("more like this");
  });

  it("counts folded spans as shown, those below them included", () => {
    const text = waterfall(payments(50), { width: 80, color: false, foldAfter: 2, maxSpans: 7 });
    expect(text).toMatch(/… 48 more like this.*\n… and 49 more\n$/s);
  });

  it("lets no status command the terminal, or break the picture", () => {
    const attributes = { "rpc.status_code": "\u001b]0;pwned\u0007\nX" };
    const odd = assembleTrace(SAMPLE_TRACE, [sampleSpan({ id: "1", attributes })]);
    expect(print(80, odd)).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(waterfallSvg(odd)).not.toMatch(/(?!\n)\p{Cc}/u);
  });
});
