import type { TracingConfig } from "../../../config/index.ts";
import { type Finding, ok, warning } from "../finding.ts";

const NAME = "sampling";

/** What the sampling rate and the keeping of failures mean together. */
export function checkSampling({ sampleRate, keep, environment }: TracingConfig): Finding[] {
  const findings = [checkRate(sampleRate, keep)];
  if (!keep.errors && sampleRate > 0 && sampleRate < 1) {
    findings.push(
      warning(
        NAME,
        `TRACE_KEEP_ERRORS is false: of failed traces, too, only ${percent(sampleRate)} are sent`,
        "set TRACE_KEEP_ERRORS=true to get every failed trace, whole",
      ),
    );
  }
  if (sampleRate === 1 && /^prod/i.test(environment)) {
    findings.push(
      warning(
        NAME,
        `TRACE_SAMPLE_RATE is 1 in ${environment}: every request is sent, and counts against the quota`,
        "set TRACE_SAMPLE_RATE=0.01; failed traces are sent whatever the rate",
      ),
    );
  }
  return findings;
}

function checkRate(sampleRate: number, { errors, slowMs }: TracingConfig["keep"]): Finding {
  if (sampleRate > 0) {
    const also = errors ? ", and every failed trace" : "";
    return ok(NAME, `${percent(sampleRate)} of new traces are sent${also}`);
  }
  if (errors || slowMs > 0) {
    const what = [errors ? "failed" : "", slowMs > 0 ? "slow" : ""].filter(Boolean).join(" and ");
    return warning(
      NAME,
      `TRACE_SAMPLE_RATE is 0: only ${what} traces are sent, and those that a caller has sampled`,
      "set TRACE_SAMPLE_RATE to 0.01, or to 1 to try it",
    );
  }
  return warning(
    NAME,
    "TRACE_SAMPLE_RATE is 0 and TRACE_KEEP_ERRORS is false: no trace that begins here is sent",
    "set TRACE_KEEP_ERRORS=true, or TRACE_SAMPLE_RATE to more than 0",
  );
}

function percent(rate: number): string {
  return `${Number((rate * 100).toPrecision(6))} %`;
}
