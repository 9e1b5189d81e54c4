import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { hasChromium, hasPrometheus } from "./scripts/say-what-is-left-out.ts";

// Tests start hundreds of processes that load the same files: compiled once, 180 such tests take 49 s of CPU and not 85.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules/.cache/node");

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: [
      "**/node_modules/**",
      "**/dist/**",
      ...(hasChromium ? [] : ["viewer/test/browser/**"]),
      ...(hasPrometheus ? [] : ["**/prometheus.test.ts"]),
    ],
    pool: "forks",
    globalSetup: ["./scripts/say-what-is-left-out.ts", "./acceptance/secrets/search.ts"],
    setupFiles: ["./acceptance/secrets/collect.ts", "./scripts/same-inputs-in-ci.ts"],
    // Nothing is measured by these: where others use the machine, too, processes take long to start.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A page may be slow to show what it has been told.
    expect: { poll: { timeout: 10_000 } },
  },
});
