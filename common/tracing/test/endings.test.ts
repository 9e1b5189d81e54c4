import { promisify } from "node:util";
import { status as Status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import {
  type Answer,
  KINDS,
  type Kind,
  type OpenCall,
  once,
  openCall,
  type ServerCall,
  sameHandlers,
  untilRpcSpans,
} from "./harness/calls.ts";
import type { ArrivedSpan } from "./harness/intake.ts";
import { collectUnhandled } from "./harness/rejections.ts";
import { type Scene, withScene } from "./harness/scene.ts";
import { unstalled } from "./harness/unstalled.ts";

const { OK, CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, NOT_FOUND, INTERNAL, UNAVAILABLE } = Status;

/** OTLP's span statuses. */
const UNSET = 0;
const ERROR = 2;

interface Ending {
  readonly kinds?: readonly Kind[];
  readonly handler: (call: ServerCall, answer: Answer) => unknown;
  readonly deadlineMs?: number;
  /** What is done once the handler has begun. */
  readonly act?: (open: OpenCall, scene: Scene) => void;
  /** Status code and span status. */
  readonly server: readonly [code: number, status: number];
  readonly client: readonly [code: number, status: number];
  readonly unhandled?: readonly string[];
}

const hang = (): void => {};
const STREAMS: readonly Kind[] = ["clientStream", "serverStream", "bidi"];

const ENDINGS: Record<string, Ending> = {
  success: { handler: (_call, answer) => answer.ok(), server: [OK, UNSET], client: [OK, UNSET] },
  "an error that is an answer": {
    handler: (_call, answer) => answer.fail({ code: NOT_FOUND, details: "no such account" }),
    server: [NOT_FOUND, UNSET],
    client: [NOT_FOUND, ERROR],
  },
  "an error that is a fault": {
    handler: (_call, answer) => answer.fail({ code: INTERNAL, details: "broken" }),
    server: [INTERNAL, ERROR],
    client: [INTERNAL, ERROR],
  },
  "a thrown error": {
    handler: () => {
      throw new Error("thrown");
    },
    server: [UNKNOWN, ERROR],
    client: [UNKNOWN, ERROR],
  },
  // grpc-js answers nothing when a handler's promise is rejected: the call hangs until its deadline.
  "a rejected promise": {
    handler: () => Promise.reject(new Error("rejected")),
    deadlineMs: 200,
    server: [DEADLINE_EXCEEDED, ERROR],
    client: [DEADLINE_EXCEEDED, ERROR],
    unhandled: ["rejected"],
  },
  "a deadline": {
    handler: hang,
    deadlineMs: 200,
    server: [DEADLINE_EXCEEDED, ERROR],
    client: [DEADLINE_EXCEEDED, ERROR],
  },
  "a cancel by the client": {
    handler: hang,
    act: ({ call }) => call.cancel(),
    server: [CANCELLED, UNSET],
    client: [CANCELLED, UNSET],
  },
  "a cancel by the server": {
    handler: (_call, answer) => answer.fail({ code: CANCELLED, details: "not now" }),
    server: [CANCELLED, UNSET],
    client: [CANCELLED, ERROR],
  },
  "a vanished client": {
    handler: hang,
    act: (_open, { proxy }) => proxy.cut(),
    server: [CANCELLED, UNSET],
    client: [UNAVAILABLE, ERROR],
  },
  // grpc-js resets the streams of a forced shutdown, which a client takes for a cancel by its peer.
  "a server that is shut down": {
    handler: hang,
    act: (_open, { stopServer }) => stopServer(),
    server: [CANCELLED, UNSET],
    client: [CANCELLED, ERROR],
  },
  // grpc-js sends no status for a stream that its handler destroyed.
  "a stream that the handler destroys": {
    kinds: STREAMS,
    handler: (call) => "destroy" in call && call.destroy(),
    deadlineMs: 200,
    server: [DEADLINE_EXCEEDED, ERROR],
    client: [DEADLINE_EXCEEDED, ERROR],
  },
  // Nor does it tell the server that a client has destroyed its end.
  "a stream that the client destroys": {
    kinds: STREAMS,
    handler: hang,
    deadlineMs: 200,
    act: ({ call }) => "destroy" in call && call.destroy(),
    server: [DEADLINE_EXCEEDED, ERROR],
    client: [DEADLINE_EXCEEDED, ERROR],
  },
};

const WAYS = ["options", "interceptors"] as const;

for (const [name, ending] of Object.entries(ENDINGS))
  for (const kind of ending.kinds ?? KINDS)
    test.for(WAYS)(
      `LIFE-01: each side's span ends exactly once: ${kind}, ${name}, client traced by %s`,
      async (way) => {
        await unstalled(async () => {
          const unhandled = await collectUnhandled(() => play(kind, ending, way));
          expect(unhandled.map((reason) => (reason as Error).message)).toEqual(ending.unhandled ?? []);
        });
      },
    );

async function play(kind: Kind, ending: Ending, tracedBy: (typeof WAYS)[number]): Promise<void> {
  const begun = once();
  const handlers = sameHandlers((call, answer) => {
    begun.resolve();
    return ending.handler(call, answer);
  });
  await withScene(
    handlers,
    async (scene) => {
      const { client, intake, tracing, lines } = scene;
      const { deadlineMs } = ending;
      // The server counts a deadline from the request's arrival: on a machine with other load a new connection is late.
      await promisify(client.waitForReady.bind(client))(Date.now() + 10_000);
      const options = deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs };
      const open = openCall(client, kind, { options });
      await begun.promise;
      ending.act?.(open, scene);
      await untilRpcSpans(intake);
      await tracing.forceFlush();

      const spans = await untilRpcSpans(intake);
      expect(spans.server.map(summary)).toEqual([expected(ending.server)]);
      expect(spans.client.map(summary)).toEqual([expected(ending.client)]);
      expect(spans.server[0]?.parentSpanId).toBe(spans.client[0]?.spanId);
      expect(tracing.stats().spans).toMatchObject({ started: 2, ended: 2, open: 0, changedAfterEnd: 0 });
      expect(lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
    },
    { tracedBy },
  );
}

const summary = ({ attributes, status }: ArrivedSpan) => ({
  code: attributes["rpc.grpc.status_code"],
  name: attributes["rpc.status_code"],
  errorType: attributes["error.type"],
  status: status.code,
});

const expected = ([code, status]: readonly [code: number, status: number]) => ({
  code,
  name: Status[code],
  errorType: status === ERROR ? Status[code] : undefined,
  status,
});
