import { setTimeout as pause } from "node:timers/promises";
import { sampleSpan } from "../../src/testing/sample.ts";
import { sendSpans, traceIdOf } from "./send.ts";

const EVERY_MS = 50;

/** Sends spans all the time until it is disposed of: each in a trace of its own, or all in one trace. */
export function trafficTo(url: string, traceId?: string): AsyncDisposable {
  let isOver = false;
  const sending = (async () => {
    for (let number = 10_000; !isOver; number++) {
      const span = sampleSpan({ id: number.toString(16), parent: "1", service: "busy", kind: "server" });
      await sendSpans(url, [{ ...span, traceId: traceId ?? traceIdOf(number) }]);
      await pause(EVERY_MS);
    }
  })();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      await sending;
    },
  };
}
