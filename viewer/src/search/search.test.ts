import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { failedRequest, SAMPLE_TRACE, sampleSpan } from "../testing/sample.ts";
import { assembleTrace } from "../trace/trace.ts";
import { matches } from "./match.ts";
import { parseQuery } from "./query.ts";
import { quoted } from "./quoted.ts";

const failed = assembleTrace(SAMPLE_TRACE, failedRequest);
const sampled = assembleTrace(SAMPLE_TRACE, [
  sampleSpan({
    id: "a1",
    service: "gateway",
    name: "GET /accounts",
    kind: "server",
    to: 2_000,
    attributes: { "account.currency": "EUR", list: ["plain", "nested"] },
  }),
  sampleSpan({
    id: "a2",
    parent: "a1",
    service: "ledger",
    name: "ledger.v1.LedgerService/ListAccounts",
    kind: "server",
    attributes: { "rpc.status_code": "OK" },
  }),
]);

describe("a search", () => {
  it.each([
    // Search, fits the failed request, fits the other one.
    ["", true, true],
    ["service:treasury", true, false],
    ["service:TREAS*", true, false],
    ["method:CreateAccount", true, false],
    ["method:*ListAccounts", false, true],
    ["service:ledger method:CreateAccount", true, false],
    // Of one and the same span: the treasury has no such method.
    ["service:treasury method:CreateAccount", false, false],
    ["service:treasury & method:CreateAccount", true, false],
    ["service:gateway & service:ledger & status:ok", false, true],
    ["& service:treasury &", true, false],
    ['"&"', false, false],
    ["status:failed", true, false],
    ["status:ok", false, true],
    ["status:UNAVAILABLE", true, false],
    ["status:unavailable service:treasury", true, false],
    ["status:503", true, false],
    ["duration:>80ms", true, false],
    ["duration:<=2ms", false, true],
    ["duration:0.05s", true, false],
    ["duration:>80ms duration:<84ms", false, false],
    ["env:development", true, true],
    ["env:dev", false, false],
    ["env:dev*", true, true],
    ["reason:sampled", true, true],
    ["account.currency=EUR", false, true],
    ["account.currency=eu", false, false],
    ["deployment.environment.name=development", true, true],
    ["id:0af765", true, true],
    [SAMPLE_TRACE, true, true],
    ["00000000000000a2", false, true],
    ["DOWNBANK", true, false],
    ['"not reachable"', true, false],
    ['"reachable not"', false, false],
    ["nested", false, true],
    ["-DOWNBANK", false, true],
    ["-service:treasury", false, true],
    ["-status:failed", false, true],
    ["service:", true, true],
  ])("%j", (text, fitsFailed, fitsSampled) => {
    const query = parseQuery(text);
    expect(query.faults).toEqual([]);
    expect([matches(failed, query), matches(sampled, query)]).toEqual([fitsFailed, fitsSampled]);
  });

  it("says what it cannot understand, and goes on with the rest", () => {
    const query = parseQuery("duration:fast service:treasury");
    expect(query.faults).toEqual([expect.stringContaining("duration:>100ms")]);
    expect(matches(failed, query)).toBe(true);
    expect(matches(sampled, query)).toBe(false);
  });

  it("never fails, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        matches(failed, parseQuery(text));
      }),
    );
  });

  it("finds each text that a span has, if it is quoted", () => {
    const text = fc.string({ minLength: 1 }).filter((value) => !/["*]/.test(value));
    fc.assert(
      fc.property(text, (value) => {
        const trace = assembleTrace(SAMPLE_TRACE, [sampleSpan({ id: "1", name: `before ${value} after` })]);
        expect(matches(trace, parseQuery(`"${value}"`))).toBe(true);
      }),
      { examples: [["a:b=c"], [" "]] },
    );
  });

  it("finds each value of an attribute, once it is quoted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), (value) => {
        const trace = assembleTrace(SAMPLE_TRACE, [sampleSpan({ id: "1", attributes: { key: value } })]);
        // An address keeps no halves of characters.
        const search = new URLSearchParams({ q: `key=${quoted(value)}` }).toString();
        expect(matches(trace, parseQuery(new URLSearchParams(search).get("q") ?? ""))).toBe(true);
      }),
      { examples: [['a "quoted" name'], ["a\nb"], ["é".repeat(250)], ["*"], ["a: b=c"], ["\ud83d"]] },
    );
  });

  it.each(["rpc.request.metadata.x-tenant-id=acme", "deepvalue", "status:OK", "-status:Failed"])(
    "finds what stands in lists and maps, and a status in any case: %s",
    (text) => {
      const attributes = {
        "rpc.status_code": "OK",
        "rpc.request.metadata.x-tenant-id": ["acme"],
        map: { key: "deepvalue" },
      };
      const trace = assembleTrace(SAMPLE_TRACE, [sampleSpan({ id: "1", attributes })]);
      expect(matches(trace, parseQuery(text))).toBe(true);
    },
  );
});
