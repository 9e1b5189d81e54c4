import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    pool: "forks",
    globalSetup: ["./scripts/say-databases.ts", "./acceptance/secrets/search.ts"],
    setupFiles: ["./acceptance/secrets/collect.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
