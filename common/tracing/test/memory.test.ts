import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientSpans, serverSpans } from "./harness/calls.ts";
import { startHeapFixture } from "./harness/heap-fixture.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";

let intake: TestIntake;
beforeAll(async () => {
  intake = await startIntake();
});
afterAll(() => intake.close());

const MEGABYTE = 1024 * 1024;

test("MEM-01: 200,000 spans and calls that nobody ends are counted, and pin no memory", async () => {
  const fixture = startHeapFixture("abandoned-spans", intake);
  const { abandoned, counted, growth } = await fixture.report();
  expect(counted).toBe(abandoned);
  // Ten bytes a span: were the spans kept, each would cost some hundred.
  expect(growth).toBeLessThan(2 * MEGABYTE);
  const [code] = await once(fixture.child, "exit");
  expect(code).toBe(0);
  expect(intake.spans).toEqual([]);
});

test("LIFE-10: a stream's children arrive while it lives, memory stays flat, and the stream's span comes at its end", async () => {
  const fixture = startHeapFixture("endless-stream", intake);
  const { children = 0, growth, open } = await fixture.report();
  await intake.until(() => intake.spans.length >= children, "the children of the living stream");
  expect(open, "the stream's own spans").toBe(2);
  expect(serverSpans(intake)).toEqual([]);
  expect(growth).toBeLessThan(4 * MEGABYTE);

  const exited = once(fixture.child, "exit");
  fixture.child.send("end");
  expect((await exited)[0]).toBe(0);
  expect(intake.spans).toHaveLength(children + 2);
  const [stream] = serverSpans(intake);
  const ticks = intake.spans.filter((span) => span.name === "tick");
  expect(new Set(ticks.map((span) => span.parentSpanId))).toEqual(new Set([stream?.spanId]));
  expect(new Set(ticks.map((span) => span.attributes.index)).size).toBe(60_000);
  expect(stream?.attributes).toMatchObject({ "rpc.status_code": "OK", "tracekeep.rpc.messages_sent": 650 });
  expect(clientSpans(intake)).toHaveLength(1);
});
