/** One way to run the measured service. */
export interface Variant {
  /** As `--variants` and the results file spell it. */
  readonly name: string;
  readonly title: string;
  /** The module that the service is traced by, or not; see `instruments/instrument.ts`. */
  readonly instrument: URL;
  /** Share of the requests that it is to trace; left out where it traces none. */
  readonly sampleRate?: number;
  /** Loaded by `--import` before grpc-js, from the packages of `peers/`. */
  readonly peer?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const NONE = new URL("../instruments/none.ts", import.meta.url);
const INTERCEPTORS = new URL("../instruments/interceptors.ts", import.meta.url);
const TRACEKEEP = new URL("../instruments/tracekeep.ts", import.meta.url);
const WITH_METRICS = new URL("../instruments/tracekeep-metrics.ts", import.meta.url);
const peer = (name: string, title: string, sampleRate: number): Variant => ({
  name: `${name}-${sampleRate * 100}`,
  title: `${title} ${sampleRate * 100} %`,
  instrument: new URL(`../peers/${name}.mjs`, import.meta.url),
  sampleRate,
  peer: true,
});

/** What all others are compared with; always measured. */
export const REFERENCE = "untraced";
/** The same again: how far it lies from the reference is the noise of the run. */
export const CONTROL = "untraced-again";

const tracekeep = (name: string, title: string, sampleRate: number, env?: Variant["env"]): Variant => {
  const common = { name: `tracekeep-${name}`, title: `Tracekeep ${title}`, sampleRate };
  return { ...common, instrument: TRACEKEEP, ...(env && { env }) };
};
const NOT_KEEPING = { TRACE_KEEP_ERRORS: "false" };
/** Only traces, as with the others. */
const DATADOG_ENV = {
  DD_SERVICE: "bench",
  DD_VERSION: "1.0.0",
  DD_ENV: "bench",
  DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
  DD_REMOTE_CONFIGURATION_ENABLED: "false",
  DD_TRACE_STARTUP_LOGS: "false",
};

export const VARIANTS: readonly Variant[] = [
  { name: REFERENCE, title: "untraced", instrument: NONE },
  { name: CONTROL, title: "untraced again", instrument: NONE },
  { name: "interceptors", title: "empty interceptors", instrument: INTERCEPTORS },
  {
    name: "tracekeep-disabled",
    title: "Tracekeep disabled",
    instrument: TRACEKEEP,
    env: { TRACING_ENABLED: "false" },
  },
  tracekeep("1", "1 %", 0.01),
  { ...tracekeep("1-metrics", "1 %, with metrics", 0.01), instrument: WITH_METRICS },
  tracekeep("100", "100 %", 1),
  tracekeep("1-not-keeping", "1 %, not keeping", 0.01, NOT_KEEPING),
  tracekeep("100-not-keeping", "100 %, not keeping", 1, NOT_KEEPING),
  peer("opentelemetry", "OpenTelemetry", 0.01),
  peer("opentelemetry", "OpenTelemetry", 1),
  peer("sentry", "Sentry SDK", 0.01),
  { ...peer("datadog", "Datadog", 0.01), env: DATADOG_ENV },
];

export function titleOf(name: string): string {
  return VARIANTS.find((variant) => variant.name === name)?.title ?? name;
}
