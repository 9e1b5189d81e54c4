import { type EventEmitter, once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import { Metadata, type ServerWritableStream } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import type { Message } from "./harness/calls.ts";
import type { ArrivedSpan, TestIntake } from "./harness/intake.ts";
import type { ProbeHandlers } from "./harness/probe.ts";
import { type Scene, withScene } from "./harness/scene.ts";

const YIELDS = 12;
/** More than a connection's window together, so that the handler has to wait for a slow reader. */
const LARGE = "x".repeat(32 * 1024);

const named = (intake: TestIntake, name: string, kind: number): ArrivedSpan[] =>
  intake.spans.filter((span) => span.name.endsWith(name) && span.kind === kind);

const DELIVERIES: Record<
  string,
  (call: ServerWritableStream<Message, Message>, responses: AsyncIterable<Message>) => Promise<void>
> = {
  async "for await"(call, responses) {
    const events: EventEmitter = call;
    for await (const response of responses) if (!call.write(response)) await once(events, "drain");
    call.end();
  },
  pipeline: (call, responses) => pipeline(Readable.from(responses, { highWaterMark: 1 }), call as Writable),
};

for (const [way, deliver] of Object.entries(DELIVERIES))
  for (const reader of ["fast", "slow"] as const)
    test(`CTX-02: calls between two yields are children of the server span: ${way}, ${reader} reader`, async () => {
      let scene: Scene | undefined;
      async function* responses(): AsyncGenerator<Message> {
        for (let count = 0; count < YIELDS; count++) {
          await new Promise<void>((resolve) => scene?.client.unary({ text: "", count }, () => resolve()));
          yield { text: LARGE, count };
        }
      }
      const handlers: ProbeHandlers = {
        unary: (call, callback) => callback(null, call.request),
        serverStream: (call) => void deliver(call, responses()),
      };
      await withScene(handlers, async (set) => {
        scene = set;
        const { client, intake } = set;
        for await (const _message of client.serverStream({ text: "", count: 0 }))
          if (reader === "slow") await delay(5);
        await intake.until(() => named(intake, "/Unary", 2).length === YIELDS, "the calls below");
        await intake.until(() => named(intake, "/ServerStream", 2).length === 1, "the stream's span");

        const [stream] = named(intake, "/ServerStream", 2);
        const below = named(intake, "/Unary", 3);
        expect(below).toHaveLength(YIELDS);
        expect(new Set(below.map((span) => span.parentSpanId))).toEqual(new Set([stream?.spanId]));
        expect(new Set(intake.spans.map((span) => span.traceId)).size).toBe(1);
      });
    });

type Follow = (scene: Scene, callAgain: () => void) => void;

const FOLLOWERS: Record<string, Follow> = {
  "the callback of a unary call": ({ client }, callAgain) => {
    client.unary({ text: "", count: 0 }, callAgain);
  },
  "the status event of a unary call": ({ client }, callAgain) => {
    client.unary({ text: "", count: 0 }, () => {}).on("status", callAgain);
  },
  "the metadata event of a unary call": ({ client }, callAgain) => {
    client.unary({ text: "", count: 0 }, () => {}).on("metadata", callAgain);
  },
  "the data event of a stream": ({ client }, callAgain) => {
    client.serverStream({ text: "", count: 0 }).on("data", callAgain);
  },
  "the end event of a stream": ({ client }, callAgain) => {
    client
      .serverStream({ text: "", count: 0 })
      .on("data", () => {})
      .on("end", callAgain);
  },
  "the status event of a stream": ({ client }, callAgain) => {
    client
      .serverStream({ text: "", count: 0 })
      .on("data", () => {})
      .on("status", callAgain);
  },
  "the error event of a stream": ({ client }, callAgain) => {
    client
      .bidi()
      .on("data", () => {})
      .on("error", callAgain);
  },
  "the callback of a client stream": ({ client }, callAgain) => {
    client.clientStream(callAgain).end();
  },
};

const WAYS = ["options", "interceptors"] as const;

for (const [place, follow] of Object.entries(FOLLOWERS))
  test.for(WAYS)(
    `CTX-03: a call made in ${place} is a child of the caller's span, client traced by %s`,
    async (tracedBy) => {
      const handlers: ProbeHandlers = {
        unary(call, callback) {
          call.sendMetadata(new Metadata());
          callback(null, call.request);
        },
        serverStream(call) {
          call.write(call.request);
          call.end();
        },
        clientStream: (_call, callback) => callback(null, { text: "", count: 0 }),
        bidi: (call) => call.emit("error", { code: 5, details: "none" }),
      };
      await withScene(
        handlers,
        async (scene) => {
          const { client, intake } = scene;
          // A connection that others have begun: its events run in their context, not the caller's.
          client.getChannel().getConnectivityState(true);
          await withSpan(
            "caller",
            () =>
              new Promise((resolve) =>
                follow(scene, () => client.unary({ text: "second", count: 2 }, () => setImmediate(resolve))),
              ),
          );
          await intake.until(() => intake.spans.length >= 5, "both calls and their caller");

          const caller = intake.spans.find((span) => span.name === "caller");
          const calls = intake.spans.filter((span) => span.kind === 3);
          expect(calls).toHaveLength(2);
          expect(calls.map((span) => span.parentSpanId)).toEqual([caller?.spanId, caller?.spanId]);
        },
        { tracedBy },
      );
    },
  );
