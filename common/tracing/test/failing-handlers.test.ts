import type { ServiceError } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { openCall, sameHandlers, serverSpans, untilRpcSpans } from "./harness/calls.ts";
import { type ProbeHandlers, probeClient, serveProbe } from "./harness/probe.ts";
import { collectUnhandled } from "./harness/rejections.ts";
import { withScene } from "./harness/scene.ts";

const response = { text: "", count: 1 };

test("LIFE-05: what a handler throws is on its span, with type, message and stack", async () => {
  class LedgerError extends Error {
    override readonly name = "LedgerError";
  }
  const unary: ProbeHandlers["unary"] = () => {
    throw new LedgerError("the ledger is closed");
  };
  await withScene({ unary }, async ({ client, intake }) => {
    openCall(client, "unary");
    const { server } = await untilRpcSpans(intake);
    expect(server[0]).toMatchObject({
      status: { code: 2 },
      attributes: {
        "rpc.status_code": "UNKNOWN",
        "exception.type": "LedgerError",
        "exception.message": "the ledger is closed",
        "exception.stacktrace": expect.stringContaining("failing-handlers.test.ts"),
      },
    });
    expect(server[0]?.events.map((event) => event.name)).toEqual(["exception"]);
  });
});

test("LIFE-05: a handler's rejection stays unhandled, and is on the span that the deadline ends", async () => {
  const unary = async (): Promise<void> => {
    await Promise.resolve();
    throw new TypeError("not a number");
  };
  const unhandled = await collectUnhandled(() =>
    withScene({ unary }, async ({ client, intake }) => {
      openCall(client, "unary", { options: { deadline: Date.now() + 300 } });
      const { server } = await untilRpcSpans(intake);
      expect(server).toHaveLength(1);
      expect(server[0]).toMatchObject({
        status: { code: 2 },
        attributes: {
          "rpc.status_code": "DEADLINE_EXCEEDED",
          "exception.type": "TypeError",
          "exception.message": "not a number",
        },
      });
    }),
  );
  expect(unhandled).toEqual([expect.objectContaining({ message: "not a number" })]);
});

const TWICE: Record<string, ProbeHandlers["unary"]> = {
  "a response, twice": (_call, callback) => {
    callback(null, response);
    callback(null, response);
  },
  "an error, then a response": (_call, callback) => {
    callback({ code: 9, details: "first" });
    callback(null, response);
  },
  "a response, then an error": (_call, callback) => {
    callback(null, response);
    callback({ code: 9, details: "second" });
  },
};

/** What the caller of an untraced service gets. */
async function untracedCode(unary: NonNullable<ProbeHandlers["unary"]>): Promise<number> {
  const probe = await serveProbe(undefined, { unary });
  const client = probeClient(undefined, probe.address);
  const { status } = openCall(client, "unary", { options: { deadline: Date.now() + 400 } });
  const { code } = await status;
  client.close();
  probe.stop();
  return code;
}

for (const [name, unary] of Object.entries(TWICE))
  test(`LIFE-07: a handler that answers ${name}, ends its span once, as without tracing`, async () => {
    if (unary === undefined) throw new Error("no handler");
    const without = await untracedCode(unary);
    await withScene({ unary }, async ({ client, intake, tracing, lines }) => {
      const { status } = openCall(client, "unary", { options: { deadline: Date.now() + 400 } });
      expect((await status).code).toBe(without);
      await untilRpcSpans(intake);
      await tracing.forceFlush();
      expect(serverSpans(intake)).toHaveLength(1);
      expect(intake.spans).toHaveLength(2);
      expect(tracing.stats().spans).toMatchObject({ started: 2, ended: 2, changedAfterEnd: 0 });
      expect(lines.filter(({ level }) => level !== "info")).toEqual([]);
    });
  });

/** Things that handlers give instead of an error, and the code that grpc-js makes of them. */
const ODD_ERRORS: readonly (readonly [name: string, error: unknown, code: number])[] = [
  ["a plain Error", new Error("plain"), 2],
  ["a system error", Object.assign(new Error("no file"), { code: "ENOENT" }), 2],
  ["code 99", { code: 99, details: "unknown code" }, 99],
  ["code -1", { code: -1, details: "negative code" }, -1],
  ["a string", "text", 2],
  ["an empty object", {}, 2],
];

for (const [name, error, code] of ODD_ERRORS)
  test(`STAT-06: the server span says what was sent for an odd error: ${name}`, async () => {
    const unary: ProbeHandlers["unary"] = (_call, callback) => callback(error as ServiceError);
    await withScene({ unary }, async ({ client, intake }) => {
      const { status } = openCall(client, "unary");
      expect((await status).code).toBe(code);
      const { server, client: above } = await untilRpcSpans(intake);
      for (const span of [server[0], above[0]])
        expect(span).toMatchObject({ attributes: { "rpc.grpc.status_code": code }, status: { code: 2 } });
    });
  });

test("STAT-06: the error {code: 0} is what it says: the server span is OK", async () => {
  const unary: ProbeHandlers["unary"] = (_call, callback) => callback({ code: 0, details: "fine" });
  await withScene({ unary }, async ({ client, intake }) => {
    const { status } = openCall(client, "unary");
    expect((await status).code).toBe(0);
    const { server } = await untilRpcSpans(intake);
    expect(server[0]).toMatchObject({ attributes: { "rpc.grpc.status_code": 0 }, status: { code: 0 } });
  });
});

test("STAT-06: a response that cannot be encoded is an INTERNAL error of the server span", async () => {
  const unary: ProbeHandlers["unary"] = (_call, callback) => callback(null, null);
  await withScene({ unary }, async ({ client, intake }) => {
    const { status } = openCall(client, "unary");
    expect((await status).code).toBe(13);
    const { server } = await untilRpcSpans(intake);
    expect(server[0]).toMatchObject({ attributes: { "rpc.status_code": "INTERNAL" }, status: { code: 2 } });
  });
});

for (const kind of ["serverStream", "bidi"] as const)
  test(`LIFE-05: the error of a stream that has sent nothing yet is on its span: ${kind}`, async () => {
    const handlers = sameHandlers((_call, answer) => answer.fail(new RangeError("broken stream")));
    await withScene(handlers, async ({ client, intake }) => {
      openCall(client, kind);
      const { server } = await untilRpcSpans(intake);
      expect(server[0]?.attributes).toMatchObject({
        "rpc.status_code": "UNKNOWN",
        "exception.type": "RangeError",
        "exception.message": "broken stream",
      });
    });
  });
