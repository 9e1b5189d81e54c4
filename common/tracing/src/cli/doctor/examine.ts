import type { ExplainedConfig } from "../../config/index.ts";
import { destinationsOf } from "../../export/destinations.ts";
import { checkConfiguration } from "./checks/configuration.ts";
import { checkDestination, leaveDestination } from "./checks/destination.ts";
import { checkDsn } from "./checks/dsn.ts";
import { checkPackages } from "./checks/packages.ts";
import { checkPreloads } from "./checks/preloads.ts";
import { checkSampling } from "./checks/sampling.ts";
import { checkSpool } from "./checks/spool.ts";
import { checkSwitch } from "./checks/switch.ts";
import { type Finding, ok } from "./finding.ts";

/** All checks, in the order in which a trace meets what they look at. */
export async function examine(explained: ExplainedConfig, cwd: string): Promise<Finding[]> {
  const { config } = explained;
  const findings = [
    ok("node", `Node.js ${process.versions.node}`),
    ...checkPackages(cwd),
    ...checkPreloads(process.env.NODE_OPTIONS),
    ...checkConfiguration(explained),
    checkDsn(explained),
  ];
  if (config === undefined)
    return [...findings, ...leaveDestination("sentry", "the configuration has faults")];
  findings.push(checkSwitch(explained), ...checkSampling(config), ...checkSpool(config));
  for (const destination of destinationsOf(config)) {
    findings.push(...(await checkDestination(destination, config)));
  }
  return findings;
}
