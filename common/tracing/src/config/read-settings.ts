import { TRACING_VARIABLES, type TracingValues, type TracingVariable } from "./variables.ts";

/** What is wrong with one variable: words that follow its name. */
export interface SettingFault {
  readonly name: TracingVariable;
  readonly message: string;
}

/** Reads every variable from its text; faults are collected, so that all are told at once. What is faulty has its default. */
export function readSettings(texts: Readonly<Record<string, string | undefined>>): {
  readonly values: TracingValues;
  readonly faults: readonly SettingFault[];
} {
  const faults: SettingFault[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { read, otherwise }] of Object.entries(TRACING_VARIABLES)) {
    const text = texts[name];
    try {
      values[name] = text === undefined ? otherwise : read(text.trim());
    } catch (fault) {
      faults.push({ name: name as TracingVariable, message: (fault as Error).message });
    }
  }
  const between = faultsBetween(values as TracingValues, (name) => texts[name] !== undefined);
  for (const { name } of faults) values[name] = TRACING_VARIABLES[name].otherwise;
  const ours = faults.filter(({ name }) => counts(name, texts));
  return { values: values as TracingValues, faults: [...ours, ...between] };
}

/** Whether there are spans at all. */
export function isEnabled(values: TracingValues): boolean {
  return values.TRACING_ENABLED && !values.OTEL_SDK_DISABLED;
}

const OTLP = "OTEL_EXPORTER_OTLP_";

/** OpenTelemetry's variables are there for metrics and logs, too: one by which no span goes is none of ours. */
function counts(name: TracingVariable, texts: Readonly<Record<string, string | undefined>>): boolean {
  if (!name.startsWith(OTLP)) return true;
  if (texts.OTEL_TRACES_EXPORTER?.trim().toLowerCase() === "none") return false;
  if (texts[`${OTLP}ENDPOINT`] === undefined && texts[`${OTLP}TRACES_ENDPOINT`] === undefined) return false;
  return texts[name.replace(OTLP, `${OTLP}TRACES_`)] === undefined;
}

/** Settings that are right, each by itself, but not together; one that could not be read compares as false. */
function faultsBetween(values: TracingValues, isSet: (name: TracingVariable) => boolean): SettingFault[] {
  const { TRACE_EXPORT_BATCH_BYTES: batch, TRACE_EXPORT_QUEUE_BYTES: queue } = values;
  if (!(batch > queue)) return [];
  // Who has set one only has to hear of that one.
  return isSet("TRACE_EXPORT_BATCH_BYTES")
    ? [{ name: "TRACE_EXPORT_BATCH_BYTES", message: "is more than TRACE_EXPORT_QUEUE_BYTES; make it less" }]
    : [
        {
          name: "TRACE_EXPORT_QUEUE_BYTES",
          message: `is less than TRACE_EXPORT_BATCH_BYTES, which is ${batch}; make it more, or set that one, too`,
        },
      ];
}
