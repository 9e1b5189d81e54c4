import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startViewer, type Viewer } from "../src/index.ts";
import { failedRequest, SAMPLE_TRACE } from "../src/testing/sample.ts";
import { follow } from "./harness/follow.ts";
import { sendSpans, traceIdOf, traceOf } from "./harness/send.ts";

let viewer: Viewer;
beforeEach(async () => {
  viewer = await startViewer({ store: { maxSpans: 1e6, maxBytes: 1e9, maxTraces: 2_000 } });
});
afterEach(() => viewer.close());

const request = (number: number, status: "error" | "unset" = "unset") =>
  traceOf(number, { id: "1", service: "gateway", name: "GET /", kind: "server", status });

describe("the live list", () => {
  it("brings what is there, then what arrives and what changes", async () => {
    await sendSpans(viewer.url, failedRequest.slice(4));
    await using list = await follow(viewer.url);
    await list.until(() => list.messages.at(-1)?.complete === true);
    expect(list.traces.get(SAMPLE_TRACE)).toMatchObject({ spans: 4, name: "SELECT accounts" });

    await sendSpans(viewer.url, failedRequest.slice(0, 4));
    await list.until(() => list.traces.get(SAMPLE_TRACE)?.spans === 8);
    expect(list.traces.get(SAMPLE_TRACE)).toMatchObject({
      service: "gateway",
      name: "POST /accounts",
      outcome: "503",
      status: "failed",
      environment: "development",
      nanos: 84_200_000,
      cause: { service: "treasury", reason: "bank DOWNBANK is not reachable", stated: false },
    });
    expect(list.messages.at(-1)?.facets).toEqual({
      services: ["ledger", "treasury", "gateway"],
      environments: ["development"],
    });
  });

  it("holds only what fits the search, and lets go of what fits no more", async () => {
    await using list = await follow(viewer.url, "status:ok service:gateway");
    await sendSpans(viewer.url, [...request(1), ...request(2, "error")]);
    await list.until(() => list.traces.has(traceIdOf(1)));
    expect(list.traces.has(traceIdOf(2))).toBe(false);

    await sendSpans(viewer.url, traceOf(1, { id: "2", parent: "1", kind: "server", status: "error" }));
    await list.until(() => list.traces.size === 0);
    expect(list.messages.at(-1)?.remove).toEqual([traceIdOf(1)]);
  });

  it("says what of the search it does not understand", async () => {
    await using list = await follow(viewer.url, "duration:long");
    await list.until(() => list.messages.length > 0);
    expect(list.messages[0]?.faults).toEqual([expect.stringContaining("duration:long")]);
  });

  it("brings thousands in parts, newest first, and lets go of what made room", async () => {
    await sendSpans(viewer.url, Array.from({ length: 1_500 }, (_, index) => request(index + 1)).flat());
    await using list = await follow(viewer.url);
    await list.until(() => list.messages.at(-1)?.complete === true);
    expect(list.traces.size).toBe(1_500);
    expect(list.messages.length).toBeGreaterThan(2);
    expect(list.messages[0]?.upsert[0]?.traceId).toBe(traceIdOf(1_500));

    await sendSpans(viewer.url, Array.from({ length: 1_000 }, (_, index) => request(index + 2_001)).flat());
    await list.until(() => list.traces.has(traceIdOf(3_000)) && !list.traces.has(traceIdOf(1)));
    expect(list.traces.size).toBe(viewer.intake.stats().traces);
  });

  it("is not followed by more pages than can be served", async () => {
    const lists = await Promise.all(Array.from({ length: 32 }, () => follow(viewer.url)));
    const refused = await fetch(`${viewer.url}data/live`);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ detail: expect.stringContaining("close some") });
    for (const list of lists) await list[Symbol.asyncDispose]();
    await expect.poll(async () => (await fetch(`${viewer.url}data/live`)).status).toBe(200);
  });
});
