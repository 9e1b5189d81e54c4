import { expect, test } from "vitest";
import { fixture, runNode } from "./harness/run-node.ts";

test("events that the service sends carry the active span, and failures go through the service's own client", async () => {
  const { stdout } = await runNode(fixture("own-sentry.ts"));
  const { ids, envelopes } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as {
    ids: { traceId: string; spanId: string }[];
    envelopes: string[];
  };
  const events = envelopes.map((envelope) => {
    const [header, , event] = envelope.split("\n", 3).map((line) => JSON.parse(line));
    return { header, event };
  });
  const message = events.find(({ event }) => event.message === "hello from the service");
  expect(message?.event.contexts.trace).toMatchObject({ trace_id: ids[0]?.traceId, span_id: ids[0]?.spanId });
  const failure = events.find(({ event }) => event.message === undefined);
  expect(failure?.event.exception.values[0]).toMatchObject({ type: "RangeError", value: "out of oven" });
  expect(failure?.event.contexts.trace).toMatchObject({ trace_id: ids[1]?.traceId, span_id: ids[1]?.spanId });
  expect(failure?.header.trace.trace_id).toBe(ids[1]?.traceId);
  const values = events.map(({ event }) =>
    event.exception?.values.map(({ value }: { value: string }) => value),
  );
  // What the service has captured itself makes no second event; what caused an error stands before it.
  expect(values.filter((told) => told?.includes("known already"))).toEqual([["known already"]]);
  expect(values).toContainEqual(["no flour", "no bread"]);
  // What the service has put into its scope was not sanitised: it stays out of Tracekeep's events.
  expect(JSON.stringify(failure?.event)).not.toMatch(/4111|jane|hunter2/);
  expect(envelopes.filter((envelope) => envelope.includes("out of oven"))[0]).not.toMatch(/jane|hunter2/);
  expect(failure?.event).toMatchObject({
    level: "error",
    transaction: "failing",
    tags: { service: "own" },
  });
  for (const key of ["request", "fingerprint"]) expect(failure?.event).not.toHaveProperty(key);
  // What its processors have made of the exception stays.
  expect(failure?.event.exception.values[0]).toMatchObject({ module: "rewritten" });
});
