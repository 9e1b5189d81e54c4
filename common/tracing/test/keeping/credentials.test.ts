import { afterAll, beforeAll, expect, test } from "vitest";
import { fixture } from "../harness/run-node.ts";
import { launchMesh, type Mesh, type MeshSpec, startMesh } from "./harness/mesh.ts";
import { BROKEN, call, type PlannedCall, type Route } from "./harness/plan.ts";
import { expectKept, expectWhole, type Play, playAndSettle } from "./harness/whole-trace.ts";

const PEM = fixture("localhost.pem");
const SECRET = "letter of credit";
const overTls = (address = ""): Route => ({ address: address.replace("127.0.0.1", "localhost") });

/** The payroll reaches the ledger and the treasury over TLS; the ledger lets nobody pass without the header. */
function secured(payroll: Record<string, string> = {}): MeshSpec {
  return {
    gateway: {},
    payroll: {
      env: { CLIENT_PEM: PEM, ...payroll },
      routes: (at) => ({ ledger: overTls(at.ledger), treasury: overTls(at.treasury) }),
    },
    ledger: { env: { SERVER_PEM: PEM, AUTHORIZATION: SECRET } },
    treasury: { env: { SERVER_PEM: PEM } },
    rates: {},
  };
}

const askWith =
  (authorization: PlannedCall["authorization"]): Play =>
  (mesh) => {
    const ledger = call("ledger", { steps: [call("rates")] }, authorization && { authorization });
    return mesh.ask({ steps: [call("payroll", { steps: [ledger, call("treasury", BROKEN)] })] });
  };
const byCredentials = askWith({ by: "credentials", value: SECRET });
const byMetadata = askWith({ by: "metadata", value: SECRET });

let sampled: Mesh;
beforeAll(async () => {
  sampled = await launchMesh(secured(), { TRACE_SAMPLE_RATE: "1" });
});
afterAll(() => sampled.stop());

test("a recall has the credentials of the call", async () => {
  const unsampled = await startMesh(secured(), { TRACE_SAMPLE_RATE: "0" });
  const kept = await expectWhole({ sampled, unsampled }, byCredentials);
  expect(kept.outcome.code).toBe(13);
  expect(kept.spans).toHaveLength(9);
  expect((await unsampled.stats("payroll")).recalls.missed).toBe(0);
});

test("a recall has the credentials of the channel", async () => {
  const unsampled = await startMesh(secured({ CLIENT_AUTHORIZATION: SECRET }), { TRACE_SAMPLE_RATE: "0" });
  // In the run at rate 1 the header comes by the call.
  const kept = await expectWhole({ sampled, unsampled }, (mesh) =>
    (mesh === sampled ? byCredentials : askWith(undefined))(mesh),
  );
  expect(kept.spans).toHaveLength(9);
  expect((await unsampled.stats("payroll")).recalls.missed).toBe(0);
});

test("two replicas behind round_robin, over TLS and with credentials: both are recalled", async () => {
  const { ledger = {}, ...others } = secured();
  const instance = { env: { NAME: "ledger", ...ledger.env } };
  const payroll: MeshSpec[string] = {
    ...others.payroll,
    routes: (at) => ({
      treasury: overTls(at.treasury),
      ledger: {
        address: `ipv4:${at["ledger-1"]},${at["ledger-2"]}`,
        options: {
          "grpc.service_config": JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
          "grpc.ssl_target_name_override": "localhost",
        },
      },
    }),
  };
  const spec = { ...others, payroll, "ledger-1": instance, "ledger-2": instance };
  const unsampled = await startMesh(spec, { TRACE_SAMPLE_RATE: "0" });
  const authorization = { by: "credentials", value: SECRET } as const;
  const one = call("ledger", { steps: [call("rates")] }, { authorization });
  await unsampled.untilServing(["ledger-1", "ledger-2"], { steps: [call("payroll", { steps: [one] })] });
  const kept = await expectWhole({ sampled, unsampled }, (mesh) =>
    mesh.ask({ steps: [call("payroll", { steps: [one, one, one, one, call("treasury", BROKEN)] })] }),
  );
  const ledgers = kept.spans.filter(({ resource }) => resource["service.name"] === "ledger");
  expect(new Set(ledgers.map(({ resource }) => resource["service.instance.id"])).size).toBe(2);
  expect((await unsampled.stats("payroll")).recalls.missed).toBe(0);
});

test("a recall that the server's own interceptor refuses is counted as missed; all else arrives", async () => {
  const mesh = await startMesh(secured(), { TRACE_SAMPLE_RATE: "0" });
  for (let missed = 1; missed <= 2; missed++) {
    const seen = await playAndSettle(mesh, byMetadata, 6);
    expect(seen.outcome.code).toBe(13);
    expect(seen.shape).toEqual([
      "gateway server Unary INTERNAL (root)",
      "  gateway client Unary INTERNAL",
      "    payroll server Unary INTERNAL",
      "      payroll client Unary INTERNAL",
      "        treasury server Unary INTERNAL",
      "      payroll client Unary OK",
    ]);
    expectKept(seen.spans);
    expect((await mesh.stats("payroll")).recalls.missed).toBe(missed);
    expect(seen.errors).toHaveLength(1);
  }
});
