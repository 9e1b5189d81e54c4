import fc from "fast-check";
import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const LIMIT = 1_024;
const { text } = createSanitizer({ keys: [], patterns: [], valueLength: LIMIT });

/** Secrets in their surroundings, and the part of them that must not come out. */
const SECRETS: readonly (readonly [text: string, secret: string])[] = [
  ["postgres://admin:Sup3rS3cretPassw0rd@db.internal/x", "Sup3rS3cretPassw0rd"],
  ["card 4111 1111 1111 1111", "4111 1111 1111 1111"],
  ["john.smith@department.example.com", "john.smith@department"],
  ["IBAN DE89 3704 0044 0532 0130 00", "3704 0044 0532 0130 00"],
  ["Authorization: Bearer mF_9.B5f-4.1JqM", "mF_9.B5f-4.1JqM"],
  ['{"db_password":"correct horse battery staple"}', "correct horse battery staple"],
];

/** What masking makes shorter, so that what stands behind it moves towards the front. */
const SHRINKING = "somebody.with.a.long.name@department.of.something.example.com ";

const partsOf = (secret: string): string[] =>
  Array.from({ length: secret.length - 7 }, (_, at) => secret.slice(at, at + 8));

test("PII-05: a secret across the cut never comes out, however much masking shortens what is before it", () => {
  const random = fc.tuple(
    fc.nat(20),
    fc.nat(1_700),
    fc.constantFrom(...SECRETS),
    fc.constantFrom("y", " ", "y "),
  );
  fc.assert(
    fc.property(random, ([shrinking, padding, [around, secret], filler]) => {
      const before = `${SHRINKING.repeat(shrinking)}${filler.repeat(padding).slice(0, padding)} `;
      const kept = text(`${before}${around} ${"z ".repeat(2_000)}`);
      expect(kept.length).toBeLessThanOrEqual(LIMIT);
      for (const part of partsOf(secret)) expect(kept).not.toContain(part);
    }),
    { numRuns: 5_000 },
  );
});

test("PII-05: twelve addresses before a connection string do not pull its half out", () => {
  for (let padding = 300; padding < 1_500; padding++) {
    const kept = text(`${SHRINKING.repeat(12)}${"y".repeat(padding)} ${SECRETS[0]?.[0]}`);
    expect(kept).not.toContain("Sup3r");
  }
});

test("a text that was not cut keeps its end", () => {
  expect(text(`${SHRINKING.repeat(10)}the end`)).toMatch(/the end$/);
  expect(text("x".repeat(1_500))).toHaveLength(LIMIT);
});
