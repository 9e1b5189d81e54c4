import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";

test.each([
  [{}, "1.2.3"],
  [{ SERVICE_VERSION: "1.4.0" }, "1.4.0"],
  [{ BUILD_COMMIT: "3f2c1ab" }, "1.2.3+3f2c1ab"],
  [{ BUILD_COMMIT: "3f2c1ab", SERVICE_VERSION: "1.4.0" }, "1.4.0+3f2c1ab"],
  [{ BUILD_COMMIT: "3f2c1ab", SERVICE_VERSION: "1.4.0+rc7" }, "1.4.0+rc7"],
  [{ BUILD_COMMIT: "main/a b_c", SERVICE_VERSION: "" }, "1.2.3+main-a-b-c"],
  [{ BUILD_COMMIT: " ", SENTRY_RELEASE: "" }, "1.2.3"],
  [{ BUILD_COMMIT: "3f2c1ab", SENTRY_RELEASE: "bakery@9.9.9" }, "bakery@9.9.9"],
  [{ SENTRY_RELEASE: "bakery@9.9.9", TRACE_SERVICE_VERSION: "7" }, "7"],
  [{ BUILD_COMMIT: "3f2c1ab", TRACING_ENABLED: "false" }, "1.2.3+3f2c1ab"],
])("with %o the release is %s, for the service as for its traces", (env, release) => {
  const config = loadConfig({
    env: { READ_ENV_FILES: "false", ...env },
    folder: import.meta.dirname,
    defaults: { SERVICE_NAME: "bakery", SERVICE_VERSION: "1.2.3", PORT: "0" },
    variables: {},
  });
  expect(config.tracing.serviceVersion).toBe(release);
  expect(config.SERVICE_VERSION).toBe(release);
  expect(config.printable["tracing.serviceVersion"]).toBe(release);
});
