import type { EventEmitter } from "node:events";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import type { ServerDuplexStream, ServerReadableStream } from "@grpc/grpc-js";
import { trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { type Kind, type Message, once, openCall, untilRpcSpans } from "./harness/calls.ts";
import type { ProbeHandlers } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

/** Notes which span is active at a point of the handler. */
type Note = (point: string) => void;

const response = { text: "", count: 0 };

/** Notes at every point where a handler without streams may be. */
async function walk(note: Note): Promise<void> {
  note("body");
  await Promise.resolve();
  note("after await");
  await nextTurn();
  note("setImmediate");
  await delay(1);
  note("after a timer's promise");
  await new Promise<void>((resolve) => {
    setTimeout(() => {
      note("setTimeout");
      process.nextTick(() => {
        note("nextTick");
        queueMicrotask(() => {
          note("queueMicrotask");
          resolve();
        });
      });
    }, 1);
  });
}

const WALK = [
  "body",
  "after await",
  "setImmediate",
  "after a timer's promise",
  "setTimeout",
  "nextTick",
  "queueMicrotask",
];

type Readable = ServerReadableStream<Message, Message> | ServerDuplexStream<Message, Message>;

function noteEvents(call: Readable, note: Note, ended: () => void): void {
  call.on("data", () => note("data"));
  call.on("end", () => {
    note("end");
    ended();
  });
}

async function noteIteration(call: Readable, note: Note): Promise<void> {
  for await (const _message of call) {
    note("for await");
    await delay(1);
    note("after await in for await");
  }
}

function noteOver(call: EventEmitter, note: Note): void {
  call.on("cancelled", () => note("cancelled"));
}

/** Each case: the kind, the handlers, and the points that they pass. */
const CASES: readonly {
  readonly title: string;
  readonly kind: Kind;
  readonly handlers: (note: Note) => ProbeHandlers;
  readonly points: readonly string[];
}[] = [
  {
    title: "unary",
    kind: "unary",
    handlers: (note) => ({
      async unary(call, callback) {
        noteOver(call, note);
        await walk(note);
        callback(null, response);
      },
    }),
    points: [...WALK, "cancelled"],
  },
  {
    title: "server-streaming",
    kind: "serverStream",
    handlers: (note) => ({
      async serverStream(call) {
        noteOver(call, note);
        call.on("finish", () => note("finish"));
        await walk(note);
        call.write(response, () => note("written"));
        call.end();
      },
    }),
    points: [...WALK, "written", "finish", "cancelled"],
  },
  {
    title: "client-streaming, by events",
    kind: "clientStream",
    handlers: (note) => ({
      async clientStream(call, callback) {
        noteOver(call, note);
        noteEvents(call, note, () => callback(null, response));
        await walk(note);
      },
    }),
    points: [...WALK, "data", "end", "cancelled"],
  },
  {
    title: "client-streaming, by for await",
    kind: "clientStream",
    handlers: (note) => ({
      async clientStream(call, callback) {
        noteOver(call, note);
        await walk(note);
        await noteIteration(call, note);
        note("after for await");
        callback(null, response);
      },
    }),
    points: [...WALK, "for await", "after await in for await", "after for await", "cancelled"],
  },
  {
    title: "bidirectional, by events",
    kind: "bidi",
    handlers: (note) => ({
      async bidi(call) {
        noteOver(call, note);
        noteEvents(call, note, () => call.end());
        await walk(note);
      },
    }),
    points: [...WALK, "data", "end", "cancelled"],
  },
  {
    title: "bidirectional, by for await",
    kind: "bidi",
    handlers: (note) => ({
      async bidi(call) {
        noteOver(call, note);
        await noteIteration(call, note);
        await walk(note);
        call.end();
      },
    }),
    points: ["for await", "after await in for await", ...WALK, "cancelled"],
  },
];

for (const { title, kind, handlers, points } of CASES)
  test(`CTX-01: the server span is active wherever the handler's code runs: ${title}`, async () => {
    const noted = new Map<string, string | undefined>();
    const walked = once();
    const note: Note = (point) => {
      noted.set(point, trace.getActiveSpan()?.spanContext().spanId);
      if (points.every((expected) => noted.has(expected))) walked.resolve();
    };
    await withScene(handlers(note), async ({ client, intake }) => {
      const { status } = openCall(client, kind);
      await walked.promise;
      expect((await status).code).toBe(0);
      const { server } = await untilRpcSpans(intake);
      const spanId = server[0]?.spanId;
      expect(Object.fromEntries(noted)).toMatchObject(
        Object.fromEntries(points.map((point) => [point, spanId])),
      );
    });
  });
