import { randomBytes } from "node:crypto";
import { connect } from "node:http2";
import type { ServiceError } from "@grpc/grpc-js";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { expect, test } from "vitest";
import { clientSpans, openCall, serverSpans } from "./harness/calls.ts";
import type { ProbeHandlers } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

const unary: ProbeHandlers["unary"] = (call, callback) => callback(null, call.request);

/** Calls a method by its path, as a proxy does that knows no definitions. */
function callByPath(client: ProbeServiceClient, path: string): Promise<ServiceError | null> {
  const raw = (bytes: Buffer): Buffer => bytes;
  return new Promise((resolve) => client.makeUnaryRequest(path, raw, raw, Buffer.alloc(0), resolve));
}

test("STAT-07: a method that the server does not know is an error of the client span; the server has none", () =>
  withScene({ unary }, async ({ client, intake, tracing }) => {
    expect(await callByPath(client, "/probe.v1.ProbeService/Missing")).toMatchObject({ code: 12 });
    await intake.until(() => clientSpans(intake).length > 0, "the client span");
    await tracing.forceFlush();
    expect(serverSpans(intake)).toEqual([]);
    expect(clientSpans(intake)).toHaveLength(1);
    expect(clientSpans(intake)[0]).toMatchObject({
      name: "probe.v1.ProbeService/Missing",
      status: { code: 2 },
      attributes: { "rpc.status_code": "UNIMPLEMENTED", "error.type": "UNIMPLEMENTED" },
    });
  }));

test("STAT-07: thousands of method names from outside are collapsed to one", () =>
  withScene({ unary }, async ({ client, intake, tracing }) => {
    const total = 10_000;
    for (let sent = 0; sent < total; sent += 500)
      await Promise.all(
        Array.from({ length: 500 }, () =>
          callByPath(client, `/hostile.v1.${randomBytes(8).toString("hex")}/Call`),
        ),
      );
    openCall(client, "unary");
    await tracing.forceFlush();
    await intake.until(() => clientSpans(intake).length >= total, "all client spans");
    const names = new Set(clientSpans(intake).map((span) => span.name));
    expect(names.size).toBeLessThanOrEqual(2_001);
    expect(names).toContain("_OTHER");
    const other = clientSpans(intake).find((span) => span.name === "_OTHER");
    expect(other?.attributes).toMatchObject({ "rpc.method": "_OTHER", "rpc.service": "_OTHER" });
  }));

test("STAT-07: a hostile client's paths make no span and no name on the server", () =>
  withScene({ unary }, async ({ client, intake, address, tracing }) => {
    const session = connect(`http://${address}`);
    for (const path of [
      "/",
      "//",
      "/a",
      `/${"x".repeat(4_096)}/y`,
      "/probe.v1.ProbeService/unary",
      "/__proto__/x",
    ])
      await new Promise<void>((resolve) => {
        const headers = {
          ":method": "POST",
          ":path": path,
          "content-type": "application/grpc",
          te: "trailers",
        };
        session
          .request(headers)
          .on("close", resolve)
          .on("error", () => {})
          .resume()
          .end();
      });
    session.close();
    expect((await openCall(client, "unary").status).code).toBe(0);
    await intake.until(() => serverSpans(intake).length > 0, "the known method's span");
    await tracing.forceFlush();
    expect(serverSpans(intake).map((span) => span.name)).toEqual(["probe.v1.ProbeService/Unary"]);
    expect(intake.errors).toEqual([]);
  }));
