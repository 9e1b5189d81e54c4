import { trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { RecordedSpan } from "../src/spans/index.ts";
import { startIntake } from "./harness/intake.ts";
import { probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";

test("STAT-01: what the user has set before the end is on the span once: the status is ours, the kind of error theirs", async () => {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  let span: unknown;
  const probe = await serveProbe(tracing, {
    unary(_call, callback) {
      span = trace.getActiveSpan()?.setAttributes({
        "error.type": "InsufficientFunds",
        "rpc.status_code": "OK",
      });
      callback({ code: 13, details: "broken" });
    },
  });
  const client = probeClient(tracing, probe.address);
  await new Promise((resolve) => client.unary({ text: "", count: 0 }, resolve));
  if (!(span instanceof RecordedSpan)) throw new Error("the handler has no span of ours");
  const keys = [
    ...span.blocks.flatMap(({ entries }) => entries.map(([key]) => key)),
    ...span.ownAttributes.keys(),
  ];
  expect(keys).toHaveLength(new Set(keys).size);
  expect(Object.fromEntries(span.attributes)).toMatchObject({
    "error.type": "InsufficientFunds",
    "rpc.status_code": "INTERNAL",
  });
  client.close();
  probe.stop();
  await tracing.shutdown();
  await intake.close();
});
