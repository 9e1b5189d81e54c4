import fc from "fast-check";
import { expect, test } from "vitest";
import { createSanitizer } from "./index.ts";

const plain = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });

/** Values that must never come out, by what they are. */
const SECRETS: readonly [string, string][] = [
  ["an e-mail address", "jane.doe+test@mail.example.co.uk"],
  ["an e-mail address with umlauts", "jürgen.müller@exämple.de"],
  ["a card number", "4111111111111111"],
  ["a card number with spaces", "5555 5555 5555 4444"],
  ["a card number with dashes", "3782-822463-10005"],
  ["an IBAN", "GB82WEST12345698765432"],
  ["an IBAN with spaces", "DE89 3704 0044 0532 0130 00"],
  ["a JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"],
  ["a phone number", "+44 20 7946 0958"],
];

test.each(SECRETS)("%s is masked wherever it stands", (_case, secret) => {
  for (const text of [secret, `before ${secret} after`, `"${secret}"`, `(${secret}),`, `x\n${secret}\ny`]) {
    const clean = plain.text(text);
    expect(clean).not.toContain(secret);
    expect(clean).toContain("[Filtered]");
  }
});

test.each([
  ["a bearer token", "Authorization: Bearer mF_9.B5f-4.1JqM", "mF_9.B5f-4.1JqM"],
  ["basic credentials", "sent Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="],
  ["a DSN", "https://0123456789abcdef@o1.ingest.sentry.io/42", "0123456789abcdef"],
  ["a connection string", "postgres://app:hunter2@db.internal:5432/ledger", "hunter2"],
  ["an assignment", "password=hunter2&user=jane", "hunter2"],
  ["a JSON property", '{"client_secret":"hunter2"}', "hunter2"],
  ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"],
  ["a private key that was cut", "-----BEGIN PRIVATE KEY-----\nMIIEow", "MIIEow"],
  ["a home directory", "at /home/jane/app/index.ts:3", "jane"],
])("%s is masked and what is around it stays", (_case, text, secret) => {
  expect(plain.text(`see: ${text} end`)).not.toContain(secret);
  expect(plain.text(`see: ${text} end`).startsWith("see: ")).toBe(true);
});

test("a random e-mail address or card number never comes out", () => {
  const noise = fc.stringMatching(/^[ a-z,;()]{0,20}$/);
  const address = fc.tuple(fc.stringMatching(/^[\w.+-]{1,30}$/), fc.domain()).map((parts) => parts.join("@"));
  fc.assert(
    fc.property(noise, address, noise, (before, secret, after) => {
      expect(plain.text(`${before} ${secret} ${after}`)).not.toContain(secret);
    }),
  );
  const card = fc.stringMatching(/^4\d{14}$/).map((digits) => digits + luhnDigit(digits));
  fc.assert(
    fc.property(noise, card, (before, number) => {
      expect(plain.text(`${before} ${number}`)).not.toContain(number);
    }),
  );
});

function luhnDigit(digits: string): number {
  const sum = [...digits]
    .reverse()
    .map((digit, at) => (at % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return (10 - (sum % 10)) % 10;
}

test.each([
  "order 17 4111 1111 1111 1111",
  "4111 1111 1111 1111 2027",
  "12 4111-1111-1111-1111 5555 5555 5555 4444 1",
])("a card number next to other numbers is masked: %s", (text) => {
  expect(plain.text(text)).not.toMatch(/1111|5555/);
  expect(plain.text("5555 5555 5555 4444 ".repeat(20))).not.toContain("5555");
  expect(plain.text("order 17 4111 1111 1111 1111 of 2027")).toBe("order 17 [Filtered] of 2027");
});

test.each([
  ["trace id", "0af7651916cd43dd8448eb211c80319c"],
  ["span id", "b7ad6b7169203331"],
  ["UUID", "123e4567-e89b-42d3-a456-426614174000"],
  ["timestamp", "2026-03-01T12:00:00.123Z"],
  ["epoch milliseconds", "1760000000123"],
  ["epoch nanoseconds", "1760000000123456789"],
  ["order number", "ORDER-4111-2026-000017"],
  ["card number with a wrong check digit", "4111111111111112"],
  ["IBAN with wrong check digits", "GB83WEST12345698765432"],
  ["version", "1.2.3-rc.4"],
  ["IPv4 address with a port", "127.0.0.1:50051"],
  ["URL", "https://acme.example/path#part-2"],
  ["SQL with placeholders", "select * from accounts where email = ? and id = $1"],
])("%s stays as it is", (_case, text) => {
  expect(plain.text(text)).toBe(text);
  expect(plain.text(`id ${text} done`)).toBe(`id ${text} done`);
});

test("random ids, UUIDs and dates stay as they are", () => {
  const id = fc.oneof(
    fc.uuid(),
    fc.stringMatching(/^[0-9a-f]{32}$/),
    fc.stringMatching(/^[0-9a-f]{16}$/),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString()),
    fc.integer({ min: 0, max: 4_000_000_000_000 }).map(String),
  );
  // A run of 16 digits that is a card number by chance is one in hex, too; none is within these runs.
  const notACard = (text: string): boolean => !/^\d+$/.test(text) || text.length < 14;
  fc.assert(
    fc.property(id.filter(notACard), (text) => {
      expect(plain.text(text)).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test("cleaning twice changes nothing more", () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(...SECRETS.map(([, secret]) => secret)),
    fc.constantFrom(
      "password=",
      "Bearer ",
      "https://",
      "@",
      "/home/",
      "token: ",
      "cookie: a=b; c",
      "[",
      '"',
      "\\",
    ),
    fc.constantFrom(
      "Authorization: Digest a=",
      "joe%40mail.example",
      "postgres://u:p/",
      '"token":["',
      "{",
      "'",
    ),
  );
  const long = createSanitizer({ keys: [], patterns: [], valueLength: 100_000 });
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(" ")),
      (text) => {
        const once = long.text(text);
        expect(long.text(once)).toBe(once);
      },
    ),
    { numRuns: 2_000 },
  );
});

test.each([
  "password",
  "db.password.old",
  "x-api-key",
  "apiKey",
  "API_KEY",
  "authorization",
  "set-cookie",
  "access_token",
  "userEmail",
  "session_id",
])("the value of key %s is masked whatever it is", (key) => {
  for (const value of ["plain", 1234, true, ["a", "b"]])
    expect(plain.attribute(key, value)).toBe("[Filtered]");
});

test.each([
  "token_count",
  "tokens_used",
  "rpc.method",
  "passenger",
  "spinner",
  "http.request.header.accept",
  "discount",
])("the value of key %s stays", (key) => {
  expect(plain.attribute(key, "plain")).toBe("plain");
});

test("arrays are cleaned item by item and keep one type", () => {
  expect(plain.attribute("list", ["a", "jane@mail.example", "b"])).toEqual(["a", "[Filtered]", "b"]);
  expect(plain.attribute("list", [1, 4_111_111_111_111_111])).toEqual(["1", "[Filtered]"]);
  expect(plain.attribute("number", 4_111_111_111_111_111)).toBe("[Filtered]");
});

test("values of other types are left out", () => {
  for (const value of [null, undefined, {}, () => 1, Symbol("s"), 1n, new Map(), Buffer.from("x")])
    expect(plain.attribute("key", value)).toBeUndefined();
});

test("the user's own keys and patterns count, too", () => {
  const own = createSanitizer({ keys: ["tenant-code"], patterns: [/ACME-\d+/], valueLength: 1_024 });
  expect(own.attribute("x.tenantCode", "abc")).toBe("[Filtered]");
  expect(own.text("order ACME-17 failed")).toBe("order [Filtered] failed");
});

test("what follows a secret option in a list of arguments is masked", () => {
  const given = ["psql", "--host", "db", "--password", "hunter2", "--db-token=hunter3", "--token-count", "3"];
  const clean = [
    "psql",
    "--host",
    "db",
    "--password",
    "[Filtered]",
    "--db-token=[Filtered]",
    "--token-count",
    "3",
  ];
  expect(plain.attribute("process.command_args", given)).toEqual(clean);
});
