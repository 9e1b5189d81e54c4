import { expect, test } from "vitest";
import type { Destination } from "../../../export/destinations.ts";
import { checkEndpoint } from "./endpoint.ts";

const DESTINATION: Destination = {
  name: "sentry sentry.example",
  url: "https://sentry.example/api/42/integration/otlp/v1/traces",
  headers: {},
  gzip: true,
  timeoutMs: 1_000,
  ca: [],
  envelope: undefined,
};

const said = (status: number) =>
  checkEndpoint("sentry endpoint", DESTINATION, {
    answer: { status, headers: {}, body: Buffer.alloc(0) },
    error: undefined,
    at: 0,
  });

test("every status but those of a trace that was taken, of the key and of its limit is a fault that names it", () => {
  for (let status = 200; status < 600; status++) {
    const { verdict, message, fix } = said(status);
    const isFine = status < 300 || [401, 403, 429].includes(status);
    expect(verdict, String(status)).toBe(isFine ? "ok" : "fault");
    if (!isFine) expect(`${message} ${fix}`).toMatch(new RegExp(`\\(${status}\\b.*\\) \\w`));
  }
});

test("a server that wants to be paid sends one to its account, an unknown status to its log", () => {
  expect(said(402).fix).toBe("look at the plan and the quota of your account at sentry.example");
  expect(said(499)).toMatchObject({
    message: "sentry.example refuses a trace (499)",
    fix: expect.stringContaining("log of sentry.example"),
  });
});
