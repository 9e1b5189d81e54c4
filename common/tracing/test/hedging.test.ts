import { setTimeout as delay } from "node:timers/promises";
import { Channel, credentials } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { startIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

const SERVICE_CONFIG = JSON.stringify({
  methodConfig: [{ name: [{}], hedgingPolicy: { maxAttempts: 2, hedgingDelay: "0.02s" } }],
});

/** The two ways by which a client gets its channel. */
const ways: Record<string, (address: string) => NonNullable<Parameters<typeof probeClient>[2]>> = {
  ours: () => ({ "grpc.service_config": SERVICE_CONFIG }),
  "the user's": (address) => ({
    channelOverride: new Channel(address, credentials.createInsecure(), {
      "grpc.service_config": SERVICE_CONFIG,
    }),
  }),
};

test.each(Object.keys(ways))(
  "SAMP-10: a copy of a slow call that answers first is no retry: nothing failed, and nothing is kept; the channel is %s",
  async (whose) => {
    const intake = await startIntake();
    const tracing = startTestTracing(intake, { TRACE_SAMPLE_RATE: "0" });
    const probe = await serveProbe(tracing, {
      async unary(call, callback) {
        const isCopy = call.metadata.get("grpc-previous-rpc-attempts").length > 0;
        await delay(isCopy ? 0 : 500);
        callback(null, { text: isCopy ? "copy" : "first", count: 0 });
      },
    });
    const client = probeClient(tracing, probe.address, ways[whose]?.(probe.address));
    const text = await new Promise((resolve) =>
      client.unary({ text: "", count: 0 }, (_error, answer) => resolve(answer?.text)),
    );
    expect(text).toBe("copy");
    await tracing.forceFlush();
    expect(tracing.stats().kept).toMatchObject({ traces: 0, refused: 0 });
    expect(intake.spans).toEqual([]);
    client.close();
    probe.stop();
    await tracing.shutdown();
    await intake.close();
  },
);
