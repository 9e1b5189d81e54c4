import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MalformedEnvelopeError, parseEnvelope } from "./envelope.ts";
import { parseErrorEvent } from "./event.ts";

const parse = (...lines: string[]) => parseEnvelope(Buffer.from(lines.join("\n")));

describe("parseEnvelope", () => {
  it("takes items with and without a length", () => {
    const payload = '{"message":"line\nbreak"}';
    const envelope = parse(
      '{"event_id":"9ec79c33ec9942ab8353589fcb2e04dc","dsn":"http://key@host/1"}',
      `{"type":"event","length":${payload.length}}`,
      payload,
      '{"type":"session"}',
      '{"sid":"x"}',
      "",
    );
    expect(envelope).toMatchObject({ eventId: "9ec79c33ec9942ab8353589fcb2e04dc", dsn: "http://key@host/1" });
    expect(envelope.items.map(({ type, payload }) => [type, payload.toString()])).toEqual([
      ["event", payload],
      ["session", '{"sid":"x"}'],
    ]);
  });

  it.each([
    ["nothing", [""]],
    ["no JSON", ["hello"]],
    ["an item without a type", ["{}", "{}", "x"]],
    ["more bytes announced than there are", ["{}", '{"type":"event","length":100}', "{}"]],
  ])("refuses %s", (_, lines) => {
    expect(() => parse(...lines)).toThrow(MalformedEnvelopeError);
  });

  it("never fails in another way, whatever comes", () => {
    fc.assert(
      fc.property(fc.string(), fc.json(), fc.nat(50), (text, json, length) => {
        for (const body of [text, `{}\n${text}`, `{}\n{"type":"event","length":${length}}\n${json}`]) {
          try {
            for (const item of parse(body).items) parseErrorEvent(item.payload);
          } catch (error) {
            expect(error).toBeInstanceOf(MalformedEnvelopeError);
          }
        }
      }),
    );
  });
});

describe("parseErrorEvent", () => {
  it("reads the error and the span that it belongs to", () => {
    const event = {
      event_id: "9ec79c33ec9942ab8353589fcb2e04dc",
      level: "error",
      release: "ledger@1.2.0",
      environment: "production",
      tags: { "rpc.method": "CreateAccount", attempt: 2 },
      exception: { values: [{ type: "Error", value: "no bank", stacktrace: {} }] },
      contexts: { trace: { trace_id: "a".repeat(32), span_id: "b".repeat(16) }, runtime: { name: "node" } },
    };
    expect(parseErrorEvent(Buffer.from(JSON.stringify(event)))).toMatchObject({
      eventId: event.event_id,
      release: "ledger@1.2.0",
      environment: "production",
      tags: { "rpc.method": "CreateAccount", attempt: "2" },
      exceptions: [{ type: "Error", value: "no bank" }],
      trace: { traceId: "a".repeat(32), spanId: "b".repeat(16), parentSpanId: undefined },
      raw: event,
    });
  });

  it("leaves out what is not as it should be, and keeps the rest", () => {
    const values = [{ type: 1, value: "no bank" }, "odd"];
    const tags = { service: "ledger", attempt: 2, odd: {}, none: null };
    const event = { level: 3, release: ["1"], message: { formatted: 1 }, tags, exception: { values } };
    const contexts = { trace: { trace_id: 7 } };
    expect(parseErrorEvent(Buffer.from(JSON.stringify({ ...event, contexts })))).toMatchObject({
      level: undefined,
      release: undefined,
      message: undefined,
      tags: { service: "ledger", attempt: "2" },
      exceptions: [
        { type: "Error", value: "no bank" },
        { type: "Error", value: "" },
      ],
      trace: undefined,
    });
  });

  it("takes an event whatever is in its fields", () => {
    const fields =
      "event_id level message logentry platform release environment server_name transaction tags exception contexts";
    fc.assert(
      fc.property(fc.constantFrom(...fields.split(" ")), fc.jsonValue(), (field, odd) => {
        const other = field === "platform" ? "release" : "platform";
        const event = parseErrorEvent(Buffer.from(JSON.stringify({ [other]: "node", [field]: odd })));
        expect(Reflect.get(event, other)).toBe("node");
      }),
    );
  });
});
