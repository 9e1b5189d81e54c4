import type { ArrivedSpan } from "../../../common/tracing/test/harness/intake.ts";
import type { PlannedRequest } from "./requests.ts";

/** How many spans there are, by `service side outcome`, such as `payroll client ok`. */
export type Counts = ReadonlyMap<string, number>;

/** The spans that requests make in all services. */
export function trueCounts(requests: readonly PlannedRequest[]): Counts {
  const all = requests.length;
  const failed = requests.filter(({ fails }) => fails).length;
  const ok = all - failed;
  return new Map([
    ["gateway server ok", ok],
    ["gateway server failed", failed],
    ["gateway client ok", ok],
    ["gateway client failed", failed],
    ["payroll server ok", ok],
    ["payroll server failed", failed],
    ["payroll client ok", all + ok],
    ["payroll client failed", failed],
    ["ledger server ok", all],
    ["treasury server ok", ok],
    ["treasury server failed", failed],
  ]);
}

/** What a reader of the arrived spans takes the counts to be: each stands for as many as its rate says. */
export function estimateCounts(spans: readonly ArrivedSpan[]): Counts {
  const counts = new Map<string, number>();
  for (const { kind, status, attributes, resource } of spans) {
    const side = kind === 2 ? "server" : "client";
    const key = `${resource["service.name"]} ${side} ${status.code === 2 ? "failed" : "ok"}`;
    counts.set(key, (counts.get(key) ?? 0) + 1 / Number(attributes["sentry.client_sample_rate"]));
  }
  return counts;
}

/**
 * What it would be if exactly the failed traces arrived with a rate of 1, and of the others the sampled ones:
 * the chance of sampling is in it, and nothing else.
 */
export function idealCounts(
  requests: readonly PlannedRequest[],
  rate: number,
  isSampled: (traceId: string) => boolean,
): Counts {
  const failed = trueCounts(requests.filter(({ fails }) => fails));
  const sampled = trueCounts(requests.filter(({ fails, traceId }) => !fails && isSampled(traceId)));
  return new Map(Array.from(failed, ([key, count]) => [key, count + (sampled.get(key) ?? 0) / rate]));
}
