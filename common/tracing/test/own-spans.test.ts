import { ServerInterceptingCall, type ServerInterceptor, type ServerListener } from "@grpc/grpc-js";
import { type Context, context, type Span, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import { type ProbeHandlers, probeClient, serveProbe, startTestTracing } from "./harness/probe.ts";
import { collectUnhandled } from "./harness/rejections.ts";

/** An interceptor of the user's, which makes a span around the handler. */
const guarding: ServerInterceptor = (_method, call) => {
  let span: Span | undefined;
  let inSpan: Context | undefined;
  const listener: Partial<ServerListener> = {
    onReceiveMetadata(metadata, next) {
      span = trace.getTracer("guard").startSpan("guard");
      inSpan = trace.setSpan(context.active(), span);
      next(metadata);
    },
    onReceiveHalfClose: (next) => context.with(inSpan ?? context.active(), next),
    onCancel: () => span?.end(),
  };
  return new ServerInterceptingCall(call, { start: (next) => next(listener as ServerListener) });
};

async function withGuard(
  unary: NonNullable<ProbeHandlers["unary"]>,
  play: (client: ReturnType<typeof probeClient>, intake: TestIntake, tracing: Tracing) => Promise<void>,
): Promise<void> {
  const intake = await startIntake();
  const tracing = startTestTracing(intake);
  const interceptors = [...tracing.serverInterceptors(), guarding];
  const probe = await serveProbe(tracing, { unary }, { interceptors });
  const client = probeClient(tracing, probe.address);
  await play(client, intake, tracing);
  client.close();
  probe.stop();
  await tracing.shutdown(500);
  await intake.close();
}

const serverSpan = (intake: TestIntake) => intake.spans.find(({ kind }) => kind === 2);

test("LIFE-05: what a handler throws is on the server's span, also within a span of the user's around it", () =>
  withGuard(
    () => {
      throw new RangeError("too many");
    },
    async (client, intake, tracing) => {
      await new Promise((resolve) => client.unary({ text: "", count: 0 }, resolve));
      await tracing.forceFlush();
      await intake.until(
        () => intake.spans.length === 3 && intake.errors.length === 1,
        "the spans and the issue",
      );
      expect(serverSpan(intake)?.attributes).toMatchObject({ "exception.type": "RangeError" });
      expect(intake.errors[0]?.exception.values.at(-1)).toMatchObject({
        type: "RangeError",
        value: "too many",
      });
    },
  ));

test("LIFE-05: a handler that rejects within a span of the user's has failed, also if its caller gives up", async () => {
  const unhandled = await collectUnhandled(() =>
    withGuard(
      async () => {
        throw new RangeError("too many");
      },
      async (client, intake, tracing) => {
        const call = client.unary({ text: "", count: 0 }, () => {});
        setTimeout(() => call.cancel(), 50);
        await intake.until(() => serverSpan(intake) !== undefined, "the server's span");
        await tracing.forceFlush();
        expect(serverSpan(intake)?.status.code).toBe(2);
        expect(intake.errors.map(({ exception }) => exception.values.at(-1)?.type)).toEqual(["RangeError"]);
      },
    ),
  );
  expect(unhandled).toHaveLength(1);
});
