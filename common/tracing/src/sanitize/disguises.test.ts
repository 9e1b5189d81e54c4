import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const { text } = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

test.each([
  ["%7B%22card%22%3A%224111111111111111%22%7D", '{"card":"[Filtered]"}'],
  ["body %7B%22password%22%3A%22hunter2%22%7D", 'body {"password":"[Filtered]"}'],
  ["%257B%2522password%2522%253A%2522hunter2%2522%257D", '{"password":"[Filtered]"}'],
  [`x%22${"sk_live_"}4eC39HqLyjWDarjtT1zdp7dc%22`, 'x"[Filtered]"'],
  ["to%3DDE89370400440532013000", "to=[Filtered]"],
  ["call %2B442079460958", "call [Filtered]"],
  [
    '{"url":"https://acme.example/p?id=7\\u0026name=jane"}',
    '{"url":"https://acme.example/p?id=[Filtered]&name=[Filtered]"}',
  ],
  ["{&quot;password&quot;:&quot;hunter2&quot;}", '{"password":"[Filtered]"}'],
  ["{&amp;quot;password&amp;quot;:&amp;quot;hunter2&amp;quot;}", '{"password":"[Filtered]"}'],
  ["%26quot%3Bpassword%26quot%3B:hunter2", '"password":[Filtered]'],
  ["jane&#64;mail.example", "[Filtered]"],
  ["jane\u200b@mail.example", "[Filtered]"],
  ["ｊａｎｅ＠ｍａｉｌ．ｅｘａｍｐｌｅ", "[Filtered]"],
  ["4111\u20111111\u20111111\u20111111", "[Filtered]"],
  ["４１１１１１１１１１１１１１１１", "[Filtered]"],
  ["card=4111+1111+1111+1111", "card=[Filtered]"],
])("a secret is found in %s", (given, expected) => {
  expect(text(given)).toBe(expected);
  expect(text(expected)).toBe(expected);
});

test.each([
  "100%25 of caf%C3%A9",
  "a \u2013 b \u2026 &amp; \\u00e9",
  "%7B%22order%22%3A%224711%22%7D",
  "＃１",
])("a text without a secret stays as it was written: %s", (given) => {
  expect(text(given)).toBe(given);
});
