import { createSanitizer } from "../sanitize/index.ts";
import { quoted } from "../text/rate.ts";
import type { TracingConfig } from "./tracing-config.ts";

/** Longest names that Sentry takes, in characters. */
const LONGEST_ENVIRONMENT = 64;
const LONGEST_RELEASE = 200;

/** Warnings on names that Sentry does not take: it would drop them, or what has them, without a word. A secret in them is masked. */
export function namesSentryRefuses({
  environment,
  serviceVersion,
}: Pick<TracingConfig, "environment" | "serviceVersion">): string[] {
  const { text } = createSanitizer({ keys: [], patterns: [], valueLength: 1_000 });
  const warnings: string[] = [];
  if (/[\s/]/.test(environment) || environment === "None" || environment.length > LONGEST_ENVIRONMENT) {
    const rule = `no spaces or slashes, not "None", and at most ${LONGEST_ENVIRONMENT} characters`;
    warnings.push(`Sentry does not take the environment ${quoted(text(environment))}: ${rule}`);
  }
  const isDots = serviceVersion === "." || serviceVersion === "..";
  if (/[\n\r\t/\\]/.test(serviceVersion) || isDots || serviceVersion.length > LONGEST_RELEASE) {
    const rule = `no line breaks, tabs or slashes, and at most ${LONGEST_RELEASE} characters`;
    warnings.push(`Sentry does not take the release ${quoted(text(serviceVersion))}: ${rule}`);
  }
  return warnings;
}
