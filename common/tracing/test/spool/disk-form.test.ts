import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, expect, test, vi } from "vitest";
import { diskFormFor } from "../../src/envelope/disk-form.ts";
import { createEnvelopeEncoder } from "../../src/envelope/envelope.ts";
import { createTransactionWriter } from "../../src/envelope/write-transactions.ts";
import { eventEnvelope } from "../../src/errors/event-envelope.ts";
import type { SentryEvent } from "../../src/errors/sentry-event.ts";
import { envelopeTarget } from "../../src/transport/envelope.ts";
import { sketch } from "../protocols/harness/encoded-spans.ts";

const PROJECT = {
  protocol: "https:",
  host: "sentry.acme.example",
  path: "",
  projectId: "1",
  publicKey: "oursecret",
};
const form = diskFormFor(envelopeTarget(PROJECT));
const WRITTEN_AT = new Date("2026-01-01T00:00:00.000Z");
const SENT_AT = new Date("2026-01-02T03:04:05.678Z");

function transaction(): Uint8Array {
  const resource = { "service.name": "ledger" };
  const write = createTransactionWriter({ resource, organizationId: "7", mostBytes: 1_000_000 });
  return createEnvelopeEncoder(PROJECT.publicKey)(write([sketch({ id: 1 }), sketch({ id: 2, parent: 1 })]));
}

const EVENT: SentryEvent = {
  level: "fatal",
  platform: "node",
  release: "1",
  environment: "test",
  transaction: "ledger.v1.Ledger/Get",
  exception: { values: [] },
  contexts: { trace: { trace_id: "0af7651916cd43dd8448eb211c80319c" }, runtime: {} },
  tags: {},
};

const ENVELOPES = [
  ["a transaction", transaction],
  ["an error event", () => eventEnvelope(EVENT, PROJECT)],
] as const;

/** A header and all that comes after it. */
function parse(envelope: Uint8Array) {
  const [header = "", ...rest] = Buffer.from(envelope).toString().split("\n");
  return { header: JSON.parse(header), rest: rest.join("\n") };
}

const read = async (written: Uint8Array) => gunzipSync(await form.read(gzipSync(written)));

/** Everything that it is given, made at the time that it is written. */
function writtenEarlier(make: () => Uint8Array): Uint8Array {
  vi.useFakeTimers({ toFake: ["Date"], now: WRITTEN_AT });
  const envelope = make();
  vi.setSystemTime(SENT_AT);
  return envelope;
}
afterEach(() => {
  vi.useRealTimers();
});

test.each(ENVELOPES)("neither the key nor the time of sending is written of %s", (_, make) => {
  const written = Buffer.from(form.write(make())).toString();
  expect(written).not.toContain(PROJECT.publicKey);
  expect(written).not.toContain("sent_at");
});

test.each(ENVELOPES)(
  "%s goes out as it would have then, but with the time of its delivery",
  async (_, make) => {
    const whole = writtenEarlier(make);
    const { header, rest } = parse(await read(form.write(whole)));
    const before = parse(whole);
    expect(before.header.sent_at).toBe(WRITTEN_AT.toISOString());
    expect(header).toEqual({ ...before.header, sent_at: SENT_AT.toISOString() });
    expect(rest).toBe(before.rest);
  },
);

test.each(ENVELOPES)(
  "%s that was written with its key and time goes out with those of today",
  async (_, make) => {
    const whole = writtenEarlier(make);
    const today = diskFormFor(envelopeTarget({ ...PROJECT, publicKey: "ournewsecret" }));
    const { header, rest } = parse(gunzipSync(await today.read(gzipSync(whole))));
    expect([header.sent_at, header.trace.public_key]).toEqual([SENT_AT.toISOString(), "ournewsecret"]);
    expect(rest).toBe(parse(whole).rest);
  },
);

test.each(["", '{"sent_at":"2026-01-01","trace":{"public_key":"key",', "no envelope\n"])(
  "what is no envelope goes out as it is: %j",
  async (text) => {
    expect((await read(Buffer.from(text))).toString()).toBe(text);
  },
);

test("what is not compressed goes out as it is, too", async () => {
  expect(await form.read(Buffer.from("torn"))).toEqual(Buffer.from("torn"));
});

test("requests that are no envelopes stay as they are, to the byte", async () => {
  const { write, read } = diskFormFor({ headers: { "content-type": "application/x-protobuf" } });
  const body = Buffer.from([0x0a, 0x00, 0x0a]);
  expect([write(body), await read(body)]).toEqual([body, body]);
});
