import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { startService } from "../crash/harness/service.ts";
import { startIntake, type TestIntake } from "../harness/intake.ts";
import { type IssueOptions, makeAuthority } from "./harness/authority.ts";
import { startTlsFront, type TlsFront } from "./harness/tls-front.ts";

const authority = makeAuthority();
let intake: TestIntake;
let front: TlsFront | undefined;
beforeEach(async () => {
  intake = await startIntake();
});
afterEach(async () => {
  await intake.close();
  await front?.close();
});
afterAll(() => authority.remove());

/** Lets a service send one trace to a Sentry with this certificate; what it says. */
async function playOne(certificate: IssueOptions, env: Record<string, string>): Promise<string> {
  front = await startTlsFront(authority.issue(certificate), intake.port);
  const dsn = `https://publickey@localhost:${front.port}/42`;
  const service = await startService({
    env: { SENTRY_DSN: dsn, TRACE_SAMPLE_RATE: "1", SHUTDOWN_LIMIT: "700", ...env },
  });
  await service.ask("ok");
  service.stop();
  const { code, stderr } = await service.ended;
  expect(code).toBe(0);
  return stderr;
}

const GOOD: IssueOptions = { names: ["localhost"] };
const trusted = { TRACE_EXPORT_CA_FILE: authority.file };

test("a company's own authority is trusted if TRACE_EXPORT_CA_FILE names it", async () => {
  expect(await playOne(GOOD, trusted)).toBe("");
  expect(intake.spans).toHaveLength(3);
});

test.each([
  { what: "an unknown authority", certificate: GOOD, env: {}, code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
  {
    what: "a certificate that has expired",
    certificate: { ...GOOD, expired: true },
    env: trusted,
    code: "CERT_HAS_EXPIRED",
  },
  {
    what: "a certificate for another host",
    certificate: { names: ["other.example"] },
    env: trusted,
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
  },
  {
    what: "a certificate that nobody has signed",
    certificate: { ...GOOD, selfSigned: true },
    env: trusted,
    code: "DEPTH_ZERO_SELF_SIGNED_CERT",
  },
])(
  "$what is refused and named, also where NODE_TLS_REJECT_UNAUTHORIZED=0",
  async ({ certificate, env, code }) => {
    const stderr = await playOne(certificate, { ...env, NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(stderr).toContain(`Spans could not be sent (${code}).`);
    expect(intake.requests).toEqual([]);
  },
);

test("a crash's last request verifies certificates, too", async () => {
  front = await startTlsFront(authority.issue({ ...GOOD, selfSigned: true }), intake.port);
  const env = {
    SENTRY_DSN: `https://publickey@localhost:${front.port}/42`,
    TRACE_EXPORT_INTERVAL_MS: "60000",
    NODE_TLS_REJECT_UNAUTHORIZED: "0",
  };
  const service = await startService({ env });
  await service.ask("timer");
  await service.ended;
  expect(intake.requests).toEqual([]);
});

test.each(["OTEL_EXPORTER_OTLP_CERTIFICATE", "OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE"])(
  "%s is trusted for the OTLP destination alone, which OTEL_EXPORTER_OTLP_ENDPOINT names",
  async (name) => {
    const collector = await startTlsFront(authority.issue(GOOD), intake.port);
    const stderr = await playOne(GOOD, {
      [name]: authority.file,
      OTEL_EXPORTER_OTLP_ENDPOINT: `https://localhost:${collector.port}`,
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=acme",
      OTEL_EXPORTER_OTLP_COMPRESSION: "none",
    });
    await collector.close();
    expect(stderr).toContain("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect(intake.spans).toHaveLength(3);
    expect(new Set(intake.requests.map(({ path }) => path))).toEqual(new Set(["/v1/traces"]));
    expect(intake.requests[0]?.headers["x-tenant"]).toBe("acme");
    expect(intake.requests[0]?.headers["content-encoding"]).toBeUndefined();
  },
);

test("a host that does not exist is named", async () => {
  const stderr = await playOne(GOOD, { SENTRY_DSN: "https://publickey@tracekeep.invalid/42" });
  expect(stderr).toMatch(/Spans could not be sent \((ENOTFOUND|EAI_AGAIN)\)/);
});
