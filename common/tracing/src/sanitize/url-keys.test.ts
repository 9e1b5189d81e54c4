import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const { attribute } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

test.each([
  ["url.query", "id=7&email=jane", "id=[Filtered]&email=[Filtered]"],
  ["url.query", "?id=7", "?id=[Filtered]"],
  ["url.query", "4711", "[Filtered]"],
  ["url.query", "", ""],
  ["http.target", "/accounts?owner=jane&page=2", "/accounts?owner=[Filtered]&page=[Filtered]"],
  ["http.target", "/accounts?jane", "/accounts?[Filtered]"],
  ["http.target", "/accounts", "/accounts"],
  ["http.target", "/accounts?", "/accounts?"],
  ["url.full", "https://acme.example/x?a=b c#d", "https://acme.example/x?a=[Filtered]#d"],
  ["http.url", "http://jane:hunter2@acme.example/x?a=b", "http://[Filtered]@acme.example/x?a=[Filtered]"],
  ["url.path", "/accounts/17", "/accounts/17"],
])("%s %j", (key, value, expected) => {
  expect(attribute(key, value)).toBe(expected);
  expect(attribute(key, [value])).toEqual([expected]);
  expect(attribute(key, expected)).toBe(expected);
});

test("a URL that is too long is cut, and no half of a value comes out", () => {
  for (let before = 900; before < 1_100; before += 7) {
    const clean = attribute(
      "url.full",
      `https://acme.example/${"x".repeat(before)}?name=${"secret".repeat(1_000)}`,
    );
    expect(clean).not.toContain("secret");
    expect(String(clean).length).toBeLessThanOrEqual(1_024);
  }
});
