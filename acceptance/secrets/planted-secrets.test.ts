import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCarelessStack } from "./harness/careless-stack.ts";
import { sendRequests } from "./harness/confidential-requests.ts";
import { startEchoingEndpoint } from "./harness/echoing-endpoint.ts";
import { marker, SETTINGS } from "./harness/planted.ts";
import { Written } from "./harness/written.ts";

/** What the careless treasury writes into spans, errors and the log: each has to get through, without its secrets. */
const WAYS = ["attribute", "list", "name", "event", "event-attribute", "recorded", "status"];
const FAILURES = ["details", "thrown", "cause", "transfer", "logged", "message", "field"];

describe.each([
  { protocol: "otlp", settings: {} },
  { protocol: "envelope", settings: { TRACE_SANITIZE_HASH_KEY: SETTINGS.hashKey } },
])("sent by the protocol $protocol", ({ protocol, settings }) => {
  let written: Written;
  let exitCodes: (number | null)[];

  beforeAll(async () => {
    written = new Written();
    await using endpoint = await startEchoingEndpoint();
    await using stack = await startCarelessStack({
      ...endpoint.settings,
      ...settings,
      TRACE_EXPORT_PROTOCOL: protocol,
    });
    await sendRequests(written, stack);
    exitCodes = await stack.stop();
  }, 120_000);
  afterAll(() => written[Symbol.dispose]());

  test("no secret leaves four services by log, span, error, answer, manifest, health or reflection", () => {
    expect(exitCodes).toEqual([0, 0, 0, 0]);
    expect(written.findings()).toEqual([]);
  });

  test("what stands beside each secret has got through, so that the search would have found it", () => {
    const besides = [...WAYS, ...FAILURES, "metadata", "baggage", "tenant"].map(marker);
    expect(written.missing([...besides, "127.0.0.1", "x-collector-key", "tracing stopped"])).toEqual([]);
  });
});
