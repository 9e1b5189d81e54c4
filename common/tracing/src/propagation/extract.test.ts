import { propagation, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readCarrier } from "./carrier.ts";
import { remoteParentOf } from "./context-keys.ts";
import { createExtractor, type RemoteTrust } from "./extract.ts";
import { injectContext } from "./inject.ts";

const TRUSTS: readonly RemoteTrust[] = ["all", "ids", "none"];
const tenant = { key: "x-tenant-id", clean: (value: string) => value };

const name = fc.constantFrom(
  "traceparent",
  "TraceParent",
  "tracestate",
  "sentry-trace",
  "baggage",
  tenant.key,
);
const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
const ids = fc.tuple(hex(32), hex(16), fc.constantFrom("00", "01", "ff", "0", "1"));
const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef-,;=%\t "), maxLength: 200 }),
  ids.map(([traceId, spanId, flag]) => `00-${traceId}-${spanId}-${flag}`),
  ids.map(([traceId, spanId, flag]) => `${traceId}-${spanId}-${flag}`),
);
const value = fc.oneof({ weight: 4, arbitrary: text }, fc.array(text, { maxLength: 3 }), fc.anything());
const carrier = fc.oneof({ weight: 4, arbitrary: fc.dictionary(name, value) }, fc.anything());

/** What may stand in a header of gRPC or HTTP. */
const HEADER_TEXT = /^[\x20-\x7e]*$/;

test.each(TRUSTS)(
  "trust %s: whatever a carrier is, it gives a context that may be sent on, or none",
  (trust) => {
    const extract = createExtractor(trust, tenant);
    fc.assert(
      fc.property(carrier, (given) => {
        const context = extract(ROOT_CONTEXT, readCarrier(given as Record<string, string>));
        const above = trace.getSpanContext(context);
        if (above !== undefined) {
          expect(trust).not.toBe("none");
          expect(above.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
          expect(above.spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
          expect(remoteParentOf(context)?.untrusted).toBe(trust === "ids");
          if (trust === "ids") expect(above.traceFlags).toBe(0);
        }
        const tenantNamed = propagation.getBaggage(context)?.getEntry(tenant.key)?.value;
        if (trust !== "all") expect((tenantNamed ?? "").length).toBeLessThanOrEqual(64);
        const sent = new Map<string, string>();
        const set = (key: string, header: string) => void sent.set(key, header);
        injectContext(context, { set, setOwn: set, get: () => [], remove: () => {} }, "all");
        for (const header of sent.values()) expect(header).toMatch(HEADER_TEXT);
      }),
      { numRuns: 1_000 },
    );
  },
);

const broken = (): never => {
  throw new Error("a getter of the user's");
};
test.each([
  [
    "properties that throw",
    {
      get traceparent() {
        return broken();
      },
    },
  ],
  ["a get that throws", { get: broken }],
  [
    "a get that cannot be read",
    {
      get get() {
        return broken();
      },
    },
  ],
  ["traps that throw", new Proxy({}, { ownKeys: broken, get: broken })],
])("a carrier with %s says nothing, and throws nothing", (_case, given) => {
  const context = createExtractor("all", tenant)(ROOT_CONTEXT, readCarrier(given as unknown as Headers));
  expect(trace.getSpanContext(context)).toBeUndefined();
  expect(propagation.getBaggage(context)).toBeUndefined();
});

test("each request of a client that is not trusted is known by an id of its own, that of a trusted caller by the caller's", () => {
  const read = readCarrier({ traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
  const keepIdOf = (trust: RemoteTrust, said?: string) =>
    remoteParentOf(createExtractor(trust, undefined)(ROOT_CONTEXT, read, said))?.keepId;
  const own = [keepIdOf("ids"), keepIdOf("ids"), keepIdOf("ids", "forged")];
  expect(new Set(own).size).toBe(3);
  for (const id of own) expect(id).toMatch(/^(?!0af7651916cd43dd8448eb211c80319c)[0-9a-f]{32}$/);
  expect(keepIdOf("all")).toBeUndefined();
  expect(keepIdOf("all", "1".repeat(32))).toBe("1".repeat(32));
});

test("the baggage of the active context does not travel with a request that brings none, or another one", () => {
  const baggage = propagation.createBaggage({ theirs: { value: "1" } });
  const active = propagation.setBaggage(ROOT_CONTEXT, baggage);
  const extract = createExtractor("all", undefined);
  expect(propagation.getBaggage(extract(active, readCarrier({})))).toBeUndefined();
  const own = propagation.getBaggage(extract(active, readCarrier({ baggage: "ours=2" })));
  expect(own?.getAllEntries().map(([key]) => key)).toEqual(["ours"]);
});
