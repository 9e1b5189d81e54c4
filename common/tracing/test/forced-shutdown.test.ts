import { expect, test } from "vitest";
import { KINDS, once, openCall, sameHandlers, serverSpans } from "./harness/calls.ts";
import { withScene } from "./harness/scene.ts";

/** The timer of a batch is a minute away: what arrives was flushed. */
const QUIET = { TRACE_EXPORT_INTERVAL_MS: "60000" };

for (const kind of KINDS)
  test(`LIFE-03: a call that a forced shutdown breaks off right before tracing's own is sent: ${kind}`, async () => {
    const begun = once();
    await withScene(
      sameHandlers(() => begun.resolve()),
      async ({ client, intake, tracing, stopServer, lines }) => {
        openCall(client, kind);
        await begun.promise;
        stopServer();
        await tracing.shutdown();
        expect(serverSpans(intake).map((span) => span.attributes["rpc.status_code"])).toEqual(["CANCELLED"]);
        expect(lines.filter(({ level }) => level === "warn")).toEqual([]);
      },
      { env: QUIET },
    );
  });
