import { createHash } from "node:crypto";
import {
  type ArrivedSpan,
  KIND,
  openAccount,
  type Stack,
  serviceOf,
  type TestIntake,
} from "../../harness/stack.ts";

const AT_A_TIME = 8;

/** One request in four opens an account; the others read one. */
const opens = (index: number): boolean => index % 4 === 0;

/** The same trace ids each time, so that the same ones are sampled, and the chance in that is always the same. */
export const TRACE_IDS = Array.from({ length: 400 }, (_, index) =>
  createHash("sha256").update(`story 2, request ${index}`).digest("hex").slice(0, 32),
);

/** Makes a request in each of the traces; whether one is sampled is for the gateway to decide. */
export async function makeRequests({ gateway }: Stack): Promise<void> {
  await openAccount(gateway, { id: "seeded" });
  const left = TRACE_IDS.entries();
  const work = async () => {
    for (const [index, traceId] of left) {
      const headers = { "sentry-trace": `${traceId}-00f067aa0ba902b7` };
      if (opens(index)) await openAccount(gateway, {}, headers);
      else await (await fetch(`http://${gateway.address}/accounts/seeded`, { headers })).text();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}

/** What has arrived of these traces. */
export function arrivedOf({ spans }: TestIntake): ArrivedSpan[] {
  const ids = new Set(TRACE_IDS);
  return spans.filter(({ traceId }) => ids.has(traceId));
}

/** What a reader of the spans takes for the number of calls, by service, side and method. */
export function estimatedCalls(spans: readonly ArrivedSpan[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const span of spans) {
    if (span.kind === KIND.internal) continue;
    const key = `${serviceOf(span)} ${span.kind === KIND.server ? "served" : "called"} ${span.name}`;
    counts.set(key, (counts.get(key) ?? 0) + 1 / Number(span.attributes["sentry.client_sample_rate"]));
  }
  return counts;
}
