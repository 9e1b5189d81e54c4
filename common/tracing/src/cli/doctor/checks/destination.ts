import type { TracingConfig } from "../../../config/index.ts";
import type { Destination } from "../../../export/destinations.ts";
import { deliver } from "../../probe/deliver.ts";
import { makeTestTrace } from "../../probe/test-trace.ts";
import { type Finding, notChecked } from "../finding.ts";
import { checkAuthentication } from "./authentication.ts";
import { checkCertificate } from "./certificate.ts";
import { checkClock } from "./clock.ts";
import { checkEndpoint } from "./endpoint.ts";
import { judgeProxy, proxyFor } from "./proxy.ts";
import { checkConnection, checkDns } from "./reach.ts";

const STEPS = ["dns", "connection", "certificate", "endpoint", "authentication", "clock"];

/** The way to one destination, step by step, with a test trace at its end. */
export async function checkDestination(destination: Destination, config: TracingConfig): Promise<Finding[]> {
  const [kind = ""] = destination.name.split(" ");
  const name = (step: string): string => `${kind} ${step}`;
  const found = await proxyFor(destination.url, name("proxy"));
  if (found !== undefined && "verdict" in found) {
    return [found, ...leaveDestination(kind, "the proxy cannot be used")];
  }
  const target = new URL(destination.url);
  // What is behind a proxy, the proxy looks up and connects to.
  const firstHop = found === undefined ? target : new URL(found.proxy.url);
  const reach = [await checkDns(name("dns"), firstHop)];
  if (reach[0]?.verdict === "ok") reach.push(await checkConnection(name("connection"), firstHop));
  if (reach.some(({ verdict }) => verdict === "fault")) {
    return [...reach, ...leaveDestination(kind, `${firstHop.host} cannot be reached`, reach.length)];
  }
  const trace = makeTestTrace(config, false);
  const delivery = await deliver(trace, destination, config);
  return [
    ...reach,
    ...(found === undefined ? [] : [judgeProxy(name("proxy"), found, delivery.error)]),
    ...checkCertificate(name("certificate"), target, delivery),
    checkEndpoint(name("endpoint"), destination, delivery),
    checkAuthentication(name("authentication"), destination, delivery, trace.traceId),
    checkClock(name("clock"), delivery),
  ];
}

/** The steps from one on that an earlier fault leaves unchecked. */
export function leaveDestination(kind: string, reason: string, from = 0): Finding[] {
  return STEPS.slice(from).map((step) => notChecked(`${kind} ${step}`, reason));
}
