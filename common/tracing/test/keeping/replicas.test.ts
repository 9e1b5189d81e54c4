import { afterAll, beforeAll, expect, test } from "vitest";
import { type Addresses, launchMesh, type Mesh, type MeshSpec, startMesh } from "./harness/mesh.ts";
import { BROKEN, call, type Plan, type Step } from "./harness/plan.ts";
import { type SpreadingProxy, startSpreadingProxy } from "./harness/spreading-proxy.ts";
import {
  type ArrivedTrace,
  expectKept,
  expectWhole,
  type MeshPair,
  playAndSettle,
} from "./harness/whole-trace.ts";

const ROUND_ROBIN = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });
const OWN_CONNECTION = { "grpc.use_local_subchannel_pool": 1 };
const LEDGERS = ["ledger-1", "ledger-2"];

/** Two instances of the ledger; the payroll reaches them in the way given. */
function withTwoLedgers(routes: NonNullable<MeshSpec[string]["routes"]>): MeshSpec {
  const ledger = { env: { NAME: "ledger" } };
  return {
    gateway: {},
    payroll: { routes },
    "ledger-1": ledger,
    "ledger-2": ledger,
    treasury: {},
    rates: {},
  };
}

/** The same work with every trace sampled; one ledger does all of it there. */
let sampled: Mesh;
beforeAll(async () => {
  sampled = await launchMesh(
    { gateway: {}, payroll: {}, ledger: {}, treasury: {}, rates: {} },
    { TRACE_SAMPLE_RATE: "1" },
  );
});
afterAll(() => sampled.stop());

async function startPair(spec: MeshSpec): Promise<MeshPair> {
  return { sampled, unsampled: await startMesh(spec, { TRACE_SAMPLE_RATE: "0" }) };
}

const askLedger = (client = 0): Step => call("ledger", { steps: [call("rates")] }, { client });
const thenFail = (...steps: Step[]): Plan => ({
  steps: [call("payroll", { steps: [...steps, call("treasury", BROKEN)] })],
});
const throughPayroll = (...steps: Step[]): Plan => ({ steps: [call("payroll", { steps })] });

function ledgersIn({ spans }: ArrivedTrace): number {
  const instances = spans
    .filter(({ resource }) => resource["service.name"] === "ledger")
    .map(({ resource }) => resource["service.instance.id"]);
  return new Set(instances).size;
}

/** Both ledgers' parts are there, and nobody was asked in vain. */
async function expectBoth(mesh: Mesh, kept: ArrivedTrace): Promise<void> {
  expect(ledgersIn(kept)).toBe(2);
  expect((await mesh.stats("payroll")).recalls.missed).toBe(0);
}

test("two replicas behind round_robin: both replicas' parts arrive", async () => {
  const pair = await startPair(
    withTwoLedgers((at) => ({
      ledger: {
        address: `ipv4:${at["ledger-1"]},${at["ledger-2"]}`,
        options: { "grpc.service_config": ROUND_ROBIN },
      },
    })),
  );
  await pair.unsampled.untilServing(LEDGERS, throughPayroll(askLedger()));
  for (let round = 0; round < 5; round++) {
    const plan = thenFail(askLedger(), askLedger(), askLedger(), askLedger());
    const kept = await expectWhole(pair, (mesh) => mesh.ask(plan));
    await expectBoth(pair.unsampled, kept);
  }
});

/** A mesh whose payroll reaches the ledger by one address. */
async function behindOneAddress(proxies: SpreadingProxy[]): Promise<MeshSpec> {
  return withTwoLedgers(async (at) => {
    const proxy = await startSpreadingProxy();
    proxies.push(proxy);
    proxy.leadTo(instances(at));
    return { ledger: { address: proxy.address, options: OWN_CONNECTION } };
  });
}
const instances = (at: Addresses): string[] => LEDGERS.map((name) => at[name] ?? "");

test("one address before two replicas, one channel: the replica that it leads to is reached", async () => {
  const pair = await startPair(await behindOneAddress([]));
  const kept = await expectWhole(pair, (mesh) => mesh.ask(thenFail(askLedger(), askLedger())));
  expect(ledgersIn(kept)).toBe(1);
  expect((await pair.unsampled.stats("payroll")).recalls.missed).toBe(0);
});

test("one address before two replicas, several channels: each replica is reached by its own", async () => {
  const pair = await startPair(await behindOneAddress([]));
  for (let round = 0; round < 3; round++) {
    const plan = thenFail(askLedger(0), askLedger(1), askLedger(0), askLedger(1));
    await expectBoth(pair.unsampled, await expectWhole(pair, (mesh) => mesh.ask(plan)));
  }
});

test("one address leads to another replica now: the branch is counted as missed, all else arrives", async () => {
  const proxies: SpreadingProxy[] = [];
  const mesh = await startMesh(await behindOneAddress(proxies), { TRACE_SAMPLE_RATE: "0" });
  const seen = await playAndSettle(mesh, async () => {
    const outcome = mesh.ask(thenFail(askLedger(), { hold: "moved" }));
    await mesh.service("payroll").holds("moved");
    proxies[0]?.leadTo([mesh.addresses["ledger-2"] ?? ""]);
    await mesh.service("payroll").order({ do: "release", hold: "moved" });
    return await outcome;
  });
  expect(seen.shape).toEqual([
    "gateway server Unary INTERNAL (root)",
    "  gateway client Unary INTERNAL",
    "    payroll server Unary INTERNAL",
    "      payroll client Unary INTERNAL",
    "        treasury server Unary INTERNAL",
    "      payroll client Unary OK",
  ]);
  expectKept(seen.spans);
  expect((await mesh.stats("payroll")).recalls).toMatchObject({ sent: 1, missed: 1 });
});

test("the connection breaks in the call: the callee's part is recalled over a new one", async () => {
  const proxies: SpreadingProxy[] = [];
  const mesh = await startMesh(await behindOneAddress(proxies), { TRACE_SAMPLE_RATE: "0" });
  const ledger = mesh.addresses["ledger-1"] ?? "";
  proxies[0]?.leadTo([ledger]);
  await mesh.ask(throughPayroll(askLedger()));
  const works = call("ledger", { steps: [call("rates"), { hold: "works" }] });
  const seen = await playAndSettle(
    mesh,
    async () => {
      const outcome = mesh.ask(throughPayroll(works));
      await mesh.service("ledger-1").holds("works");
      proxies[0]?.leadTo([ledger]);
      return await outcome;
    },
    7,
  );
  expect(seen.shape).toEqual([
    "gateway server Unary UNAVAILABLE (root)",
    "  gateway client Unary UNAVAILABLE",
    "    payroll server Unary UNAVAILABLE",
    "      payroll client Unary UNAVAILABLE",
    "        ledger server Unary CANCELLED",
    "          ledger client Unary OK",
    "            rates server Unary OK",
  ]);
  expectKept(seen.spans);
  expect((await mesh.stats("payroll")).recalls.missed).toBe(0);
});

test("two workers of a cluster: each is reached by the connection that it has served", async () => {
  const spec: MeshSpec = {
    gateway: {},
    payroll: { routes: (at) => ({ ledger: { address: at.ledger ?? "", options: OWN_CONNECTION } }) },
    ledger: { workers: 2 },
    treasury: {},
    rates: {},
  };
  const pair = await startPair(spec);
  for (let round = 0; round < 3; round++) {
    const plan = thenFail(askLedger(0), askLedger(1), askLedger(0), askLedger(1));
    await expectBoth(pair.unsampled, await expectWhole(pair, (mesh) => mesh.ask(plan)));
  }
});
