import { expect, test } from "vitest";
import { withCleanNames } from "./clean-names.ts";
import { loadTracingConfig } from "./config/index.ts";
import { createSanitizer } from "./sanitize/index.ts";

const sanitizer = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

function cleanRelease(release: string): string {
  const config = loadTracingConfig({ env: { TRACE_SERVICE_VERSION: release }, cwd: "/" });
  return withCleanNames(config, sanitizer).serviceVersion;
}

test.each([
  "ledger@1.4.0",
  "ledger@1.4.0-canary.f3a9c21",
  "@acme/ledger@v1.4.0-canary.f3a9c21",
  "1.4.0+3f2c1ab",
])("the release %s is no address of e-mail", (release) => {
  expect(cleanRelease(release)).toBe(release);
});

test.each([
  ["https://deploy:hunter2@10.0.0.5/repo", "hunter2"],
  ["jane.doe@10.0.0.1", "jane.doe"],
  ["jane.doe@acme.example", "jane.doe"],
  ["ledger@1.4.0-ghp_16C7e42F292c6912E7710c838347Ae178B4a", "ghp_16C7e42F"],
])("what is secret in the release %s is masked", (release, secret) => {
  expect(cleanRelease(release)).not.toContain(secret);
});
