import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const { attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

test.each([
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.output_tokens",
  "gen_ai.request.max_tokens",
  "llm.usage.total_tokens",
  "promptTokens",
])("%s is how many there are, and no token", (key) => {
  expect(attribute(key, 1_234)).toBe(1_234);
  expect(attribute(key, "abc123")).toBe("[Filtered]");
  expect(attribute(key, ["abc123"])).toEqual(["[Filtered]"]);
});

test("one token is a secret as a number, too", () => {
  for (const key of ["token", "access_token", "pin"]) expect(attribute(key, 123_456)).toBe("[Filtered]");
});
