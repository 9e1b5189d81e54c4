import type { ExplainedConfig } from "../../../config/index.ts";
import { type Finding, fault, ok, warning } from "../finding.ts";

const NAME = "configuration";

/** Every fault and warning of the configuration. */
export function checkConfiguration({ settings, faults, config }: ExplainedConfig): Finding[] {
  const wrong = faults
    // The DSN has a check of its own.
    .filter(({ name }) => name !== "SENTRY_DSN")
    .map(({ name, message }) => {
      const [what = "", ...advice] = message.split("; ");
      return fault(
        NAME,
        `${name} ${what}`,
        advice.join("; ") || "correct it, or remove it to get the default",
      );
    });
  const odd = (config?.warnings ?? []).map((text) =>
    warning(NAME, text, "correct the variable, or remove it"),
  );
  if (wrong.length + odd.length > 0) return [...wrong, ...odd];
  const set = settings.filter(({ source }) => source !== "default");
  return [ok(NAME, `can be read; "tracekeep config" prints every setting (${set.length} set)`)];
}
