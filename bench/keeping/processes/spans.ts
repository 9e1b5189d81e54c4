import { setTimeout } from "node:timers/promises";
import { loadTracingConfig, startTracing } from "tracekeep";
import { answerParent, tellParent } from "../../processes/conversation.ts";
import type { ServiceState } from "./service.ts";

type Attributes = Record<string, string | number | boolean | (string | number | boolean)[]>;

/** The spans of one request, as a real one has left them. */
export interface SpansQuestion {
  readonly name: string;
  readonly server: Attributes;
  readonly client: Attributes;
  readonly requests: number;
  readonly perSecond: number;
}

const TICK_MS = 5;
/** Of OpenTelemetry's API. */
const CLIENT = 2;

// Makes the spans of requests without the requests: more of them than one process can answer.
const identity = { serviceName: "bench", serviceVersion: "1.0.0", environment: "bench" };
const tracing = startTracing(loadTracingConfig({ ...identity, cwd: import.meta.dirname }));

function request({ name, server, client }: SpansQuestion): void {
  tracing.continueTrace({}, { name, attributes: server }, () =>
    tracing.withSpan(name, { kind: CLIENT, attributes: client }, () => {}),
  );
}

tellParent({});
answerParent<SpansQuestion>(async (question) => {
  const { requests, perSecond } = question;
  const start = performance.now();
  for (let done = 0; done < requests; await setTimeout(TICK_MS)) {
    const due = Math.min(requests, ((performance.now() - start) / 1_000) * perSecond);
    for (; done < due; done++) request(question);
  }
  return { rss: process.memoryUsage().rss, tracing: tracing.stats() } satisfies ServiceState;
});
