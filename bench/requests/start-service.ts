import { fileURLToPath } from "node:url";
import { type Child, startChild } from "../processes/child.ts";
import type { ServiceReady } from "../processes/service.ts";
import type { SinkReady } from "../processes/sink.ts";
import { PUBLISHED } from "../published.ts";
import type { Variant } from "./variants.ts";

const SERVICE = new URL("../processes/service.ts", import.meta.url);

export interface ServiceSettings {
  /** For messages. */
  readonly role: string;
  readonly sources: boolean;
  /** Address of the service that it calls. */
  readonly callee?: string | undefined;
  readonly profile?: { readonly folder: string; readonly name: string } | undefined;
}

/** The measured service, which is the same for all variants. */
export function startService(
  variant: Variant,
  sink: SinkReady,
  { role, sources, callee, profile }: ServiceSettings,
): Promise<Child<ServiceReady>> {
  const { instrument, peer = false } = variant;
  return startChild<ServiceReady>(SERVICE, {
    name: `${variant.name} ${role}`,
    args: [instrument.href, ...(callee === undefined ? [] : [callee])],
    env: environmentOf(variant, sink),
    execArgv: [
      "--expose-gc",
      ...(sources ? [] : PUBLISHED),
      ...(peer ? ["--import", fileURLToPath(instrument)] : []),
      ...(profile === undefined ? [] : profileFlags(profile)),
    ],
  });
}

/** Everybody's own names for where to send how much. */
function environmentOf({ sampleRate = 0, env }: Variant, { dsn, url }: SinkReady): Record<string, string> {
  const rate = String(sampleRate);
  return {
    SENTRY_DSN: dsn,
    DD_TRACE_AGENT_URL: url,
    BENCH_SINK: url,
    TRACE_SAMPLE_RATE: rate,
    DD_TRACE_SAMPLE_RATE: rate,
    BENCH_SAMPLE_RATE: rate,
    ...env,
  };
}

function profileFlags({ folder, name }: NonNullable<ServiceSettings["profile"]>): string[] {
  return ["--cpu-prof", `--cpu-prof-dir=${folder}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`];
}
