import { inspect } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Dsn, DsnFault } from "./dsn.ts";

const KEY = "0123456789abcdef0123456789abcdef";

test.each([
  [
    "SaaS",
    `https://${KEY}@o123.ingest.us.sentry.io/4505`,
    "https://o123.ingest.us.sentry.io/api/4505/integration/otlp/v1/traces",
  ],
  [
    "self-hosted, with a port",
    `http://${KEY}@sentry.acme.example:9000/7`,
    "http://sentry.acme.example:9000/api/7/integration/otlp/v1/traces",
  ],
  [
    "below a path",
    `https://${KEY}@acme.example/tools/sentry/7`,
    "https://acme.example/tools/sentry/api/7/integration/otlp/v1/traces",
  ],
  [
    "a slash at its end",
    `https://${KEY}@acme.example/7/`,
    "https://acme.example/api/7/integration/otlp/v1/traces",
  ],
  [
    "white space around it",
    ` \t https://${KEY}@acme.example/7\n`,
    "https://acme.example/api/7/integration/otlp/v1/traces",
  ],
  [
    "double quotes around it",
    `"https://${KEY}@acme.example/7"`,
    "https://acme.example/api/7/integration/otlp/v1/traces",
  ],
  [
    "single quotes and space",
    ` ' https://${KEY}@acme.example/7 ' `,
    "https://acme.example/api/7/integration/otlp/v1/traces",
  ],
  [
    "the secret part of old ones",
    `https://${KEY}:feedface@acme.example/7`,
    "https://acme.example/api/7/integration/otlp/v1/traces",
  ],
  ["IPv6", `http://${KEY}@[::1]:9000/7`, "http://[::1]:9000/api/7/integration/otlp/v1/traces"],
])("CFG-02: accepted: %s", (_case, text, url) => {
  const dsn = Dsn.parse(text);
  expect(dsn.otlpTracesUrl).toBe(url);
  expect(dsn.publicKey).toBe(KEY);
  expect(dsn.reveal()).not.toContain("feedface");
});

test.each([
  ["nothing", "", "not a URL"],
  ["no scheme", `${KEY}@acme.example/7`, "not a URL"],
  ["a key that reads like a scheme", `a${KEY}:feedface@acme.example/7`, "https://"],
  ["no key", "https://acme.example/7", "no public key"],
  ["a line break in the key", "https://a%0Ab@acme.example/7", "that no header takes"],
  ["no project", `https://${KEY}@acme.example`, "project id"],
  ["a project that is a name", `https://${KEY}@acme.example/ledger`, "project id"],
  ["another scheme", `ftp://${KEY}@acme.example/7`, "https://"],
  ["a space inside", `https://${KEY}@acme.example /7`, "white space"],
  ["two of them", `https://${KEY}@a.example/7 https://${KEY}@b.example/8`, "white space"],
  ["the example of the documentation", "https://<key>@<organization>.ingest.sentry.io/<project>", ""],
])("CFG-02: refused: %s, with the reason and without the key", (_case, text, reason) => {
  let fault: unknown;
  try {
    Dsn.parse(text);
  } catch (error) {
    fault = error;
  }
  expect(fault).toBeInstanceOf(DsnFault);
  expect(String(fault)).toContain(reason);
  expect(inspect(fault)).not.toMatch(/0123456789abcdef|feedface/);
});

test("a DSN can be logged: no printed form holds the key", () => {
  const dsn = Dsn.parse(`https://${KEY}@acme.example/7`);
  const printed = [
    String(dsn),
    `${dsn}`,
    JSON.stringify({ dsn }),
    inspect({ dsn }, { showHidden: true, depth: 9 }),
  ];
  for (const form of printed) {
    expect(form).toContain("acme.example");
    expect(form).not.toContain(KEY);
  }
});

test("Sentry's organisation id is known where the host names it", () => {
  expect(Dsn.parse(`https://${KEY}@o123.ingest.sentry.io/1`).organizationId).toBe("123");
  expect(Dsn.parse(`https://${KEY}@sentry.acme.example/1`).organizationId).toBeUndefined();
});

test("whatever is given, the result is a DSN or a DsnFault", () => {
  const nearly = fc
    .tuple(fc.string({ maxLength: 6 }), fc.webUrl(), fc.string({ maxLength: 6 }))
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        nearly,
        fc.webAuthority().map((host) => `https://k%@${host}/1`),
      ),
      (text) => {
        try {
          Dsn.parse(text);
        } catch (error) {
          expect(error).toBeInstanceOf(DsnFault);
        }
      },
    ),
  );
});
