import { beforeAll, expect, test } from "vitest";
import { useMeshPair } from "./harness/mesh-pair.ts";
import { call, type Plan, type Route } from "./harness/plan.ts";
import { expectWhole, type Play, rootCauses } from "./harness/whole-trace.ts";

const SERVICE_CONFIG = JSON.stringify({
  loadBalancingConfig: [{ round_robin: {} }],
  methodConfig: [
    {
      name: [{}],
      retryPolicy: {
        maxAttempts: 4,
        initialBackoff: "0.01s",
        maxBackoff: "0.02s",
        backoffMultiplier: 1,
        retryableStatusCodes: ["UNAVAILABLE", "ABORTED"],
      },
    },
  ],
});
const options = { "grpc.service_config": SERVICE_CONFIG };
const route = (...addresses: (string | undefined)[]): Route => ({
  address: `ipv4:${addresses.join(",")}`,
  options,
});

const treasury = { env: { NAME: "treasury" } };
const pair = useMeshPair({
  gateway: {},
  payroll: {
    routes: (at) => ({
      treasury: route(at["treasury-1"]),
      replicas: route(at["treasury-1"], at["treasury-2"]),
    }),
  },
  ledger: {},
  rates: {},
  "treasury-1": treasury,
  "treasury-2": treasury,
});

beforeAll(async () => {
  for (const mesh of [pair.sampled, pair.unsampled])
    await mesh.untilServing(["treasury-1", "treasury-2"], {
      steps: [call("payroll", { steps: [call("replicas")] })],
    });
});

/** Calls that succeed around one that is retried. */
const retried = (to: string, attempts: number, code = 14): Plan => ({
  steps: [
    call("payroll", {
      steps: [
        call("ledger"),
        call(to, { steps: [call("rates")], fail: { code, details: "not yet", attempts } }),
        call("ledger"),
      ],
    }),
  ],
});
const ask =
  (plan: Plan): Play =>
  (mesh) =>
    mesh.ask(plan);

test("an attempt failed and the next one succeeded, at the same instance", async () => {
  const kept = await expectWhole(pair, ask(retried("treasury", 1)));
  expect(kept.outcome.code).toBe(0);
  expect(kept.spans).toHaveLength(8 + 2 * 3);
  expect(rootCauses(kept)).toEqual(["treasury server Unary UNAVAILABLE"]);
  expect(kept.errors).toHaveLength(1);
});

test("attempts failed, and another instance answered: both instances' parts arrive", async () => {
  const byRetry = expect.stringMatching(/^(error|retry)$/);
  const kept = await expectWhole(pair, ask(retried("replicas", 1)), byRetry);
  expect(kept.outcome.code).toBe(0);
  const attempts = kept.spans.filter(({ attributes, kind, resource }) =>
    kind === 2 && resource["service.name"] === "treasury" ? attributes["rpc.status_code"] : false,
  );
  expect(new Set(attempts.map(({ resource }) => resource["service.instance.id"])).size).toBe(2);
  expect(kept.errors).toHaveLength(1);
});

test("an attempt ended in a status that is no failure, and another instance answered: both instances' parts arrive", async () => {
  const aborted = 10;
  const kept = await expectWhole(pair, ask(retried("replicas", 1, aborted)), "retry");
  const instances = kept.spans
    .filter(({ kind, resource }) => kind === 2 && resource["service.name"] === "treasury")
    .map(({ resource }) => resource["service.instance.id"]);
  expect(new Set(instances).size).toBe(2);
  expect(kept.errors).toEqual([]);
});

test("all attempts failed", async () => {
  const kept = await expectWhole(pair, ask(retried("replicas", 4)));
  expect(kept.outcome.code).toBe(14);
  expect(kept.spans).toHaveLength(6 + 4 * 3);
});
