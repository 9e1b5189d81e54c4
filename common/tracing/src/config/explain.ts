import { createSanitizer, type Sanitizer } from "../sanitize/index.ts";
import { MASK } from "../sanitize/mask.ts";
import { Dsn } from "./dsn.ts";
import { checkTracingConfig, type LoadTracingConfigOptions, said } from "./load.ts";
import type { SettingFault } from "./read-settings.ts";
import type { Source } from "./sources.ts";
import type { TracingConfig } from "./tracing-config.ts";
import { TRACING_VARIABLES, type TracingVariable } from "./variables.ts";

/** What counts for one variable, and why. */
export interface ExplainedSetting {
  readonly variable: TracingVariable;
  /** As it was set, or the default; empty if there is none. Secrets are masked. */
  readonly value: string;
  /** `environment`, the path of a file, another variable that stands in, or `default`. */
  readonly source: string;
}

/** A configuration, where each of its settings came from, and what is wrong with them. */
export interface ExplainedConfig {
  readonly settings: readonly ExplainedSetting[];
  /** Without secrets; empty if there is a configuration. */
  readonly faults: readonly SettingFault[];
  readonly config: TracingConfig | undefined;
}

/** What counts where a variable is not set. */
interface StandIn {
  /** Sentry's or OpenTelemetry's own name for it, which beats the code. */
  readonly theirs: TracingVariable;
  /** What the service says of itself in code. */
  readonly option: "serviceName" | "serviceVersion" | "environment";
  /** Next in turn. */
  readonly variable: TracingVariable;
  readonly last: string;
}

const STAND_INS: Partial<Record<TracingVariable, StandIn>> = {
  TRACE_SERVICE_NAME: {
    theirs: "OTEL_SERVICE_NAME",
    option: "serviceName",
    variable: "SERVICE_NAME",
    last: "unknown_service",
  },
  TRACE_SERVICE_VERSION: {
    theirs: "SENTRY_RELEASE",
    option: "serviceVersion",
    variable: "SERVICE_VERSION",
    last: "0.0.0",
  },
  TRACE_ENVIRONMENT: {
    theirs: "SENTRY_ENVIRONMENT",
    option: "environment",
    variable: "ENVIRONMENT",
    last: "development",
  },
};

/**
 * The configuration that `loadTracingConfig` makes of the same options, explained.
 *
 * @throws TracekeepError `INVALID_CONFIG` if a source cannot be read.
 */
export function explainTracingConfig(options: LoadTracingConfigOptions = {}): ExplainedConfig {
  const { sources, faults, config } = checkTracingConfig(options);
  const sanitizer = createSanitizer({ keys: [], patterns: [], valueLength: 1_000 });
  const settings = Object.keys(TRACING_VARIABLES).map((name): ExplainedSetting => {
    const variable = name as TracingVariable;
    const set = findSource(sources, variable);
    if (set === undefined) return unset(variable, options, sources, sanitizer);
    return { variable, value: show(variable, set.settings[variable] ?? "", sanitizer), source: set.name };
  });
  return { settings, faults, config };
}

function findSource(sources: readonly Source[], variable: TracingVariable): Source | undefined {
  return sources.findLast(({ settings }) => Object.hasOwn(settings, variable));
}

function unset(
  variable: TracingVariable,
  options: LoadTracingConfigOptions,
  sources: readonly Source[],
  { text }: Sanitizer,
): ExplainedSetting {
  const standIn = STAND_INS[variable];
  if (standIn === undefined) {
    return { variable, value: showDefault(TRACING_VARIABLES[variable].otherwise), source: "default" };
  }
  const from = (name: TracingVariable): ExplainedSetting | undefined => {
    const source = findSource(sources, name);
    if (source === undefined) return undefined;
    return { variable, value: text(source.settings[name] ?? ""), source: `${name} (${source.name})` };
  };
  const theirs = from(standIn.theirs);
  if (theirs !== undefined) return theirs;
  const inCode = said(options[standIn.option]);
  if (inCode !== undefined) return { variable, value: text(inCode), source: `${standIn.option} in code` };
  return from(standIn.variable) ?? { variable, value: standIn.last, source: "default" };
}

function show(variable: TracingVariable, value: string, { text }: Sanitizer): string {
  if (variable === "SENTRY_DSN") return showDsn(value);
  if (variable === "TRACE_SANITIZE_HASH_KEY") return MASK;
  if (variable.endsWith("_HEADERS")) return value.split(",").map(showHeader).join(",");
  return text(value);
}

function showDsn(value: string): string {
  try {
    return Dsn.parse(value).toString();
  } catch {
    return MASK;
  }
}

/** The name of a header is of use, and no secret; what has no name may be one. */
function showHeader(pair: string): string {
  const [, name] = /^\s*([\w-]+)\s*=/.exec(pair) ?? [];
  return name === undefined ? MASK : `${name}=${MASK}`;
}

function showDefault(value: unknown): string {
  if (value === undefined) return "";
  return Array.isArray(value) ? value.map(({ host }) => host).join(",") : String(value);
}
