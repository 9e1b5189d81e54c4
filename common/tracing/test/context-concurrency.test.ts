import { setTimeout as delay } from "node:timers/promises";
import { trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { KINDS, type Kind, openCall, serverSpans } from "./harness/calls.ts";
import { type ArrivedSpan, startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeHandlers, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { type Scene, withScene } from "./harness/scene.ts";

/** Handlers of all kinds that make one span with the request's id after every message, at random times. */
const handlers: ProbeHandlers = {
  async unary(call, callback) {
    await work(call.request.text);
    callback(null, call.request);
  },
  async serverStream(call) {
    for (let count = 0; count < 3; count++) {
      await work(call.request.text);
      call.write({ text: call.request.text, count });
    }
    call.end();
  },
  clientStream(call, callback) {
    const works: Promise<void>[] = [];
    call.on("data", ({ text }) => works.push(work(text)));
    call.on("end", () => void Promise.all(works).then(() => callback(null, { text: "", count: 0 })));
  },
  bidi(call) {
    const works: Promise<void>[] = [];
    call.on("data", (message) => works.push(work(message.text).then(() => void call.write(message))));
    call.on("end", () => void Promise.all(works).then(() => call.end()));
  },
};

async function work(id: string): Promise<void> {
  await delay(Math.random() * 20);
  await withSpan("work", { attributes: { "request.id": id } }, () => delay(Math.random() * 10));
}

/** One request under a span of its caller's, which says its id. */
async function request({ client }: Scene, kind: Kind, id: string): Promise<void> {
  await withSpan("request", { attributes: { "request.id": id } }, async () => {
    const open = openCall(client, kind, { text: id });
    expect((await open.status).code).toBe(0);
  });
}

/** Ids along the chain from a span made in a handler up to the span of the request's caller. */
function chainOf(work: ArrivedSpan, byId: ReadonlyMap<string, ArrivedSpan>): unknown {
  const server = byId.get(work.parentSpanId);
  const client = byId.get(server?.parentSpanId ?? "");
  const request = byId.get(client?.parentSpanId ?? "");
  return {
    kinds: [server?.kind, client?.kind, request?.kind],
    oneTrace: new Set([work.traceId, server?.traceId, client?.traceId, request?.traceId]).size === 1,
    name: request?.name,
    id: request?.attributes["request.id"],
  };
}

function expectEveryChainWhole(intake: TestIntake, ids: readonly string[]): void {
  const byId = new Map(intake.spans.map((span) => [span.spanId, span]));
  expect(byId.size, "span ids are unique").toBe(intake.spans.length);
  const works = intake.spans.filter((span) => span.name === "work");
  expect(new Set(works.map((span) => span.attributes["request.id"]))).toEqual(new Set(ids));
  for (const work of works)
    expect(chainOf(work, byId)).toEqual({
      kinds: [2, 3, 1],
      oneTrace: true,
      name: "request",
      id: work.attributes["request.id"],
    });
  expect(serverSpans(intake)).toHaveLength(ids.length);
  expect(new Set(intake.spans.map((span) => span.traceId)).size).toBe(ids.length);
}

/** Spans of one request: its caller's, both sides of the call, and one a unit of work. */
const spansOf = (kind: Kind): number => 3 + (kind === "serverStream" ? 3 : 1);

test("CTX-04: 200 unary and 20 bidirectional calls at once over one channel do not mix", () =>
  withScene(handlers, async (scene) => {
    const kinds = Array.from({ length: 220 }, (_, index): Kind => (index < 200 ? "unary" : "bidi"));
    const ids = kinds.map((kind, index) => `${kind}-${index}`);
    await Promise.all(kinds.map((kind, index) => request(scene, kind, ids[index] ?? "")));
    await scene.intake.until(() => scene.intake.spans.length >= 4 * 220, "all spans");
    expectEveryChainWhole(scene.intake, ids);
    expect(scene.tracing.stats().spans.open).toBe(0);
  }));

test("CTX-04: 200 concurrent requests of all four kinds have not one mixed-up parent", () =>
  withScene(handlers, async (scene) => {
    const kinds = Array.from({ length: 200 }, (_, index) => KINDS[index % KINDS.length] as Kind);
    const ids = kinds.map((kind, index) => `${kind}-${index}`);
    await Promise.all(kinds.map((kind, index) => request(scene, kind, ids[index] ?? "")));
    const total = kinds.reduce((sum, kind) => sum + spansOf(kind), 0);
    await scene.intake.until(() => scene.intake.spans.length >= total, "all spans");
    expectEveryChainWhole(scene.intake, ids);
    expect(scene.tracing.stats().spans.open).toBe(0);
  }));

test("CTX-04: events of concurrent streams see their own call's span", async () => {
  const seen = new Map<string, Set<string | undefined>>();
  const note = (id: string): void => {
    const own = seen.get(id) ?? new Set();
    own.add(trace.getActiveSpan()?.spanContext().spanId);
    seen.set(id, own);
  };
  const bidi: ProbeHandlers["bidi"] = (call) => {
    let id = "";
    call.on("data", (message) => {
      id = message.text;
      note(id);
      call.write(message, () => note(id));
    });
    call.on("end", () => {
      note(id);
      call.end();
    });
  };
  await withScene({ bidi }, async ({ client, intake }) => {
    const ids = Array.from({ length: 50 }, (_, index) => `stream-${index}`);
    const streams = ids.map((id) => ({ id, ...openCall(client, "bidi", { text: id, halfClose: false }) }));
    for (let round = 0; round < 5; round++)
      for (const { call, id } of streams) {
        if ("write" in call) call.write({ text: id, count: round });
        await Promise.resolve();
      }
    for (const { call } of streams) if ("write" in call) call.end();
    await Promise.all(streams.map(({ status }) => status));
    await intake.until(() => serverSpans(intake).length === 50, "the streams' spans");
    expect([...seen.values()].map((own) => own.size)).toEqual(ids.map(() => 1));
    expect(new Set([...seen.values()].flatMap((own) => [...own]))).toEqual(
      new Set(serverSpans(intake).map((span) => span.spanId)),
    );
  });
});

test("CTX-04: first messages that wait for the same connection are told of each in its own context", () =>
  withScene(handlers, async ({ client }) => {
    const told: [mine: string | undefined, active: string | undefined][] = [];
    const activeSpan = () => trace.getActiveSpan()?.spanContext().spanId;
    await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        withSpan(`stream ${index}`, async () => {
          const mine = activeSpan();
          const { call, status } = openCall(client, "clientStream", { text: "", halfClose: false });
          // Nobody is connected yet.
          await new Promise<void>((resolve) => {
            if (!("write" in call)) return;
            call.write({ text: "", count: 0 }, () => {
              told.push([mine, activeSpan()]);
              resolve();
            });
          });
          if ("end" in call) call.end();
          await status;
        }),
      ),
    );
    expect(told).toHaveLength(5);
    expect(new Set(told.map(([mine]) => mine)).size).toBe(5);
    for (const [mine, active] of told) expect(active).toBe(mine);
  }));

test("CTX-05: work that goes on after the answer stays a child of its own request", async () => {
  const late: ProbeHandlers["unary"] = (call, callback) => {
    if (call.request.text === "late")
      setTimeout(() => withSpan("late work", { attributes: { "request.id": "late" } }, () => {}), 200);
    callback(null, call.request);
  };
  await withScene({ unary: late }, async (scene) => {
    const { intake } = scene;
    await request(scene, "unary", "late");
    await intake.until(() => intake.spans.length === 3, "the answered request");
    const first = serverSpans(intake)[0];
    for (let index = 0; index < 10; index++) await request(scene, "unary", `other-${index}`);
    await intake.until(() => intake.spans.some((span) => span.name === "late work"), "the late work");

    const lateSpan = intake.spans.find((span) => span.name === "late work");
    expect(lateSpan).toMatchObject({ traceId: first?.traceId, parentSpanId: first?.spanId });
    expect(lateSpan?.start).toBeGreaterThan(first?.end ?? Infinity);
  });
});

test("CTX-05: requests of a server that was started within a span are not children of that span", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const probe = await withSpan("start the service", () => serveProbe(tracing, handlers));
  const client = probeClient(undefined, probe.address);
  for (const kind of KINDS) expect((await openCall(client, kind, { text: kind }).status).code).toBe(0);
  await intake.until(() => serverSpans(intake).length === KINDS.length, "the requests' spans");
  const start = intake.spans.find((span) => span.name === "start the service");
  expect(serverSpans(intake).map((span) => span.parentSpanId)).toEqual(KINDS.map(() => ""));
  expect(serverSpans(intake).map((span) => span.traceId)).not.toContain(start?.traceId);
  client.close();
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});
