import { status as Status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { openCall, sameHandlers, untilRpcSpans } from "./harness/calls.ts";
import type { ProbeHandlers } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

/** The statuses that are the server's own fault. */
const FAULTS = ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"];

/** Answers with the code that the request's text names. */
const unary: ProbeHandlers["unary"] = (call, callback) => {
  const code = Number(call.request.text);
  if (code === 0) callback(null, { text: "", count: 0 });
  else callback({ code, details: `because of ${code}` });
};

for (const [name, code] of Object.entries(Status).filter(
  (entry): entry is [string, Status] => typeof entry[1] === "number",
))
  test(`STAT-01: ${name} is ${FAULTS.includes(name) ? "an error" : "no error"} of the server, and named on both sides`, () =>
    withScene({ unary }, async ({ client, intake, tracing }) => {
      openCall(client, "unary", { text: String(code) });
      const { server, client: above } = await untilRpcSpans(intake);
      const isFault = FAULTS.includes(name);
      expect(server[0]?.status).toEqual(
        isFault ? { code: 2, message: `because of ${code}` } : { code: 0, message: "" },
      );
      expect(above[0]?.status).toEqual(
        code === 0 ? { code: 0, message: "" } : { code: 2, message: `because of ${code}` },
      );
      for (const span of [server[0], above[0]])
        expect(span?.attributes).toMatchObject({ "rpc.grpc.status_code": code, "rpc.status_code": name });
      expect(server[0]?.attributes["error.type"]).toBe(isFault ? name : undefined);
      expect(above[0]?.attributes["error.type"]).toBe(code === 0 ? undefined : name);

      // Only what is broken becomes an issue, and the server alone reports it; a deadline is its caller's to report.
      await tracing.forceFlush();
      expect(intake.errors.map((event) => event.tags["rpc.status_code"])).toEqual(isFault ? [name] : []);
    }));

test("STAT-02: a thousand expected misses make no error event, at a low sampling rate", () =>
  withScene(
    { unary },
    async ({ client, intake, tracing }) => {
      const calls = Array.from({ length: 1_000 }, () => openCall(client, "unary", { text: "5" }));
      for (const { status } of calls) expect((await status).code).toBe(5);
      await tracing.forceFlush();
      expect(tracing.stats().errors).toMatchObject({ reported: 0, dropped: 0 });
      expect(intake.errors).toEqual([]);
      // The odds of more than 60 sampled traces of 1,000 at 1 % are below 1 in 10^20.
      expect(intake.spans.length).toBeLessThan(120);
      expect(tracing.stats().spans.open).toBe(0);
    },
    { env: { TRACE_SAMPLE_RATE: "0.01" } },
  ));

for (const [text, code, name] of [
  ["0", 0, "OK"],
  ["5", 5, "NOT_FOUND"],
] as const)
  test(`STAT-05: the status attribute of ${name} is the integer and the name, equal on both sides`, () =>
    withScene({ unary }, async ({ client, intake }) => {
      openCall(client, "unary", { text });
      const { server, client: above } = await untilRpcSpans(intake);
      for (const span of [server[0], above[0]]) {
        expect(span?.attributes["rpc.grpc.status_code"]).toBe(code);
        expect(span?.attributes["rpc.status_code"]).toBe(name);
      }
      const request = intake.requests.find(({ path }) => path.endsWith("/otlp/v1/traces"));
      // An intValue on the wire: the key, then field 2 (value) with field 3 (int) in it.
      const attribute = Buffer.concat([
        Buffer.from("rpc.grpc.status_code"),
        Buffer.from([0x12, 0x02, 0x18, code]),
      ]);
      expect(request?.body.includes(attribute)).toBe(true);
    }));

test("STAT-05: streams carry the same attributes as unary calls", () =>
  withScene(
    sameHandlers((_call, answer) => answer.fail({ code: 5, details: "none" })),
    async ({ client, intake }) => {
      for (const kind of ["clientStream", "serverStream", "bidi"] as const) openCall(client, kind);
      const { server, client: above } = await untilRpcSpans(intake, 3);
      for (const span of [...server, ...above])
        expect(span.attributes).toMatchObject({ "rpc.grpc.status_code": 5, "rpc.status_code": "NOT_FOUND" });
    },
  ));
