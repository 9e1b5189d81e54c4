import { expect, test } from "vitest";
import { asked, runSentry, SHIPPED } from "./harness/project-file.ts";
import { ALL_SCOPES, startSentry, TOKEN } from "./harness/sentry-server.ts";

test.each(["alerts:read", "project:read"])(
  "a plan without %s says that the token needs it",
  async (missing) => {
    const server = await startSentry();
    server.scopes = ALL_SCOPES.filter((scope) => scope !== missing);
    const { code, stdout } = await runSentry(server, ["plan"]);
    expect(code).toBe(1);
    expect(stdout).toContain(`the token needs the scope ${missing}`);
  },
);

test("where a write is refused, what is done and what is not is told, and the next run does the rest", async () => {
  const server = await startSentry();
  server.scopes = ALL_SCOPES.filter((scope) => scope !== "alerts:write");
  const refused = await runSentry(server, ["apply"]);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain("✓ ownership rules by service created\n");
  expect(refused.stdout).toContain('✗ monitor "Tracekeep: Error rate": POST ');
  expect(refused.stdout).toContain("the token needs the scope alerts:write");
  expect(refused.stdout).toContain('- alert "Tracekeep: Tell the owners (payments-production)" not tried\n');
  expect(refused.stdout).toContain("1 of 5 done.");
  server.scopes = ALL_SCOPES;
  const { made } = await asked(server, ["apply"]);
  expect(made?.map(({ kind }) => kind)).toEqual(["monitor", "monitor", "monitor", "alert"]);
});

test("a failure half-way is in the JSON, too", async () => {
  const server = await startSentry();
  server.refuseNext(/^POST .*workflows/, { status: 503, body: "<html>" });
  expect(await asked(server, ["apply"])).toMatchObject({
    code: 1,
    ok: false,
    made: { length: 4 },
    error: expect.stringMatching(
      /^POST \/organizations\/acme\/workflows\/ answered 503\n→ Sentry is in trouble/,
    ),
  });
});

test.each([
  [{ SENTRY_ORG: "acmee" }, "check organization, project and url"],
  [{ SENTRY_PROJECT: "payments" }, "check organization, project and url"],
  [{ SENTRY_AUTH_TOKEN: "another-token" }, "SENTRY_AUTH_TOKEN is not known there"],
])("%s is refused with what to check", async (env, advice) => {
  const server = await startSentry();
  const { code, stdout, stderr } = await runSentry(server, ["apply"], SHIPPED, env);
  expect(code).toBe(1);
  expect(stdout).toContain(advice);
  expect(server.requests).toHaveLength(1);
  expect(stdout + stderr).not.toContain("another-token");
});

test("a limit is waited for, as long as Sentry says, and nothing is made twice", async () => {
  const server = await startSentry();
  server.refuseNext(/^GET .*detectors/, { status: 429, headers: { "retry-after": "0" } });
  const reset = String(Math.floor(Date.now() / 1000) - 1);
  server.refuseNext(/^POST .*detectors/, {
    status: 429,
    headers: { "x-sentry-rate-limit-reset": reset, "retry-after": "1" },
  });
  const began = Date.now();
  expect(await asked(server, ["apply"])).toMatchObject({ code: 0, made: { length: 5 } });
  expect(Date.now() - began).toBeGreaterThan(990);
  expect(server.state.detectors.size).toBe(3);
});

test("a wait for a limit is told on stderr, with how long and why", async () => {
  const server = await startSentry();
  server.refuseNext(/^GET .*detectors/, { status: 429, headers: { "retry-after": "1" } });
  const { code, stdout, stderr } = await runSentry(server, ["plan", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true });
  expect(stderr).toBe(
    "tracekeep: Sentry limits its web API (429 to GET /organizations/acme/detectors/): waiting 1 s, then try 2 of 5\n",
  );
});

test.each([
  [409, "what is there contradicts it"],
  [422, "Sentry does not take this value"],
  [405, "Sentry does not do this"],
  [408, "Sentry is in trouble"],
])("%i is told as what it is, and with what Sentry says", async (status, advice) => {
  const server = await startSentry();
  server.refuseNext(/^POST .*detectors/, { status, body: '{"detail":"so it is"}' });
  const { error } = await asked(server, ["apply"]);
  expect(error).toContain(`answered ${status}: {"detail":"so it is"}\n→ ${advice}`);
});

test("a limit without an end is told", async () => {
  const server = await startSentry();
  for (let time = 0; time < 5; time++)
    server.refuseNext(/./, { status: 429, headers: { "retry-after": "0" } });
  const { code, stdout } = await runSentry(server, ["plan"]);
  expect(code).toBe(1);
  expect(stdout).toContain("wait a minute");
  expect(server.requests).toHaveLength(5);
});

test("no output has the token, whatever the server quotes", async () => {
  const server = await startSentry();
  const body = JSON.stringify({ detail: `Bearer ${TOKEN} is refused` });
  const ended = [await runSentry(server, ["plan"]), await runSentry(server, ["apply", "--json"])];
  for (const status of [400, 403, 500]) {
    server.refuseNext(/./, { status, body });
    ended.push(await runSentry(server, ["plan"]));
    server.refuseNext(/./, { status, body });
    ended.push(await runSentry(server, ["apply", "--json"]));
  }
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 1, 1, 1, 1, 1, 1]);
  for (const { stdout, stderr } of ended) expect(stdout + stderr).not.toContain(TOKEN);
  expect(ended[2]?.stdout).toContain("Bearer [token] is refused");
});

test("a redirect is not followed, and what is no Sentry is told", async () => {
  const server = await startSentry();
  server.refuseNext(/./, { status: 302, headers: { location: "http://127.0.0.1:9/" }, body: "<html>" });
  expect((await runSentry(server, ["plan"])).stdout).toContain(
    "set SENTRY_URL to the address that it redirects to",
  );
  server.refuseNext(/./, { status: 200, body: "<html>" });
  expect((await runSentry(server, ["plan"])).stdout).toContain("the answer is no JSON");
  server.refuseNext(/./, { status: 200, body: "{}" });
  expect((await runSentry(server, ["plan"])).stdout).toContain(
    "the answer is not as Sentry publishes it (id, slug, teams)",
  );
  const nowhere = await runSentry({ url: "http://127.0.0.1:9" }, ["plan"]);
  expect(nowhere).toMatchObject({ code: 1, stderr: "" });
  expect(nowhere.stdout).toContain("127.0.0.1:9 cannot be reached (ECONNREFUSED)");
});
