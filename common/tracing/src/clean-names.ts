import type { TracingConfig } from "./config/index.ts";
import type { TenantRule } from "./propagation/index.ts";
import type { Sanitizer } from "./sanitize/index.ts";

/** The service's names go into spans, error events, headers and logs: they are cleaned once, for all of these. */
export function withCleanNames(config: TracingConfig, sanitizer: Sanitizer): TracingConfig {
  return {
    ...config,
    serviceName: sanitizer.text(config.serviceName),
    serviceVersion: cleanRelease(config.serviceVersion, sanitizer),
    environment: sanitizer.text(config.environment),
    serviceInstanceId:
      config.serviceInstanceId === undefined ? undefined : sanitizer.text(config.serviceInstanceId),
  };
}

const PACKAGE = /^(?:@[\w.-]{1,100}\/)?[\w.-]{1,200}$/;
const THREE_PARTS = /^v?\d+\.\d+\.\d+(?!\.?\d)/;

/** `ledger@1.4.0-canary.f3a9c21` looks like an address of e-mail: what is before its version is cleaned by itself. */
function cleanRelease(release: string, { text }: Sanitizer): string {
  const at = release.lastIndexOf("@");
  const name = release.slice(0, Math.max(at, 0));
  const version = release.slice(at + 1);
  // Not an address such as jane@10.0.0.1, and not the end of a URL.
  const isRelease = PACKAGE.test(name) && THREE_PARTS.test(version);
  return isRelease ? `${text(name)}@${text(version)}` : text(release);
}

/** A tenant's name is cleaned like any value under the key that it comes by. */
export function tenantRule(key: string | undefined, sanitizer: Sanitizer): TenantRule | undefined {
  return key === undefined
    ? undefined
    : { key, clean: (value) => String(sanitizer.attribute(key, value) ?? "") };
}
