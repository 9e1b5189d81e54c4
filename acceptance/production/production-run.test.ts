import { setTimeout as delay } from "node:timers/promises";
import { describeDatabases } from "@tracekeep/service/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasPrometheus } from "../../scripts/say-what-is-left-out.ts";
import { type ServiceName, startIntake, type TestIntake } from "../harness/stack.ts";
import { SETTINGS } from "../secrets/harness/planted.ts";
import { Written } from "../secrets/harness/written.ts";
import { Arrivals } from "./harness/arrivals.ts";
import { type Fleet, startFleet } from "./harness/fleet.ts";
import { type ClusterPrometheus, startClusterPrometheus } from "./harness/prometheus.ts";
import { Caller, type Made } from "./harness/requests.ts";

const REQUESTS = 1_000;
const AT_A_TIME = 8;
const A_SECOND_DURING_THE_RESTART = 25;
const PODS = 8;
const ARRIVAL = { timeout: 30_000, interval: 100 };

/** Settings that differ from production's. */
const INSTEAD = {
  // Five seconds there; there are eight pods to wait for.
  SHUTDOWN_GRACE_MS: "2000",
  // Longer than that: what fails just before SIGTERM is left for the shutdown to send.
  TRACE_EXPORT_INTERVAL_MS: "5000",
  // A machine that is busy with other tests must not make requests fail.
  LEDGER_TIMEOUT_MS: "30000",
  TREASURY_TIMEOUT_MS: "30000",
  PAYROLL_TIMEOUT_MS: "30000",
  // One more secret.
  TRACE_SANITIZE_HASH_KEY: SETTINGS.hashKey,
};

const failed = (made: readonly Made[]) => made.filter(({ fails }) => fails);
const wrong = (made: readonly Made[]) => made.filter(({ wrong }) => wrong !== undefined);

describeDatabases(({ system, location, environment }) => {
  // Pods share a database, and have addresses of their own.
  const possible = system === "postgresql" && process.platform === "linux" && hasPrometheus;

  describe.skipIf(!possible)("all services as in production, two instances of each", () => {
    const endings = new AsyncDisposableStack();
    let written: Written;
    let intake: TestIntake;
    let cluster: ClusterPrometheus | undefined;
    let fleet: Fleet;
    let caller: Caller;
    let restarted: readonly Made[] = [];

    beforeAll(async () => {
      written = endings.use(new Written());
      intake = await startIntake();
      endings.defer(() => intake.close());
      const databases = new Map<ServiceName, Record<string, string>>();
      for (const service of ["ledger", "payroll", "treasury"] as const)
        databases.set(service, environment(location()));
      fleet = await startFleet({
        dsn: `http://${SETTINGS.dsnKey}:${SETTINGS.dsnPassword}@127.0.0.1:${intake.port}/42`,
        databaseOf: (service) => databases.get(service) ?? {},
        instead: INSTEAD,
        onChange: async (pods) => cluster?.discover(pods),
      });
      endings.use(fleet);
      cluster = endings.use(await startClusterPrometheus(fleet.pods));
      caller = new Caller(() => fleet.nextGateway());
      await caller.prepare();
    }, 120_000);
    afterAll(async () => {
      await endings.disposeAsync();
      const toFail = failed(caller.made);
      console.log(
        `Production run: ${caller.made.length} requests, ${toFail.length} failed traces, ` +
          `${toFail.length - new Arrivals(intake).notWhole(toFail).length} whole; ` +
          `rolling restart: ${restarted.length} requests, ${wrong(restarted).length} failed by it.`,
      );
    }, 60_000);

    /** Error events are sent once: those of the second without Sentry are lost, and that alert is right. */
    const falseAlarms = async () =>
      (await cluster?.alerts())?.filter((alert) => alert !== "TracekeepIssuesLost");
    const untilFailedOnesAreWhole = () =>
      expect.poll(() => new Arrivals(intake).notWhole(failed(caller.made)), ARRIVAL).toEqual([]);

    test("at 1 % every failed request's trace arrives whole, though Sentry is away for a second", async () => {
      const running = caller.make(REQUESTS, AT_A_TIME);
      await expect.poll(() => caller.made.length, ARRIVAL).toBeGreaterThan(REQUESTS / 3);
      const arrivals = intake.requests.length;
      intake.answer = { status: 503, headers: { "retry-after": "1" } };
      await delay(1_000);
      await intake.until(() => intake.requests.length > arrivals, "something that Sentry could refuse");
      intake.answer = { status: 200 };
      await running;
      expect(wrong(caller.made)).toEqual([]);
      expect(failed(caller.made)).toHaveLength(REQUESTS / 50);
      await untilFailedOnesAreWhole();
    }, 120_000);

    test("Prometheus reaches every instance, sees every failure, and no alert fires", async () => {
      await expect.poll(() => cluster?.query("up"), ARRIVAL).toEqual(Array(PODS).fill(1));
      const failures = 'sum(rpc_server_call_duration_count{job="treasury",error_type="UNAVAILABLE"})';
      await expect.poll(() => cluster?.query(failures), ARRIVAL).toEqual([failed(caller.made).length]);
      await expect.poll(falseAlarms, ARRIVAL).toEqual([]);
    }, 60_000);

    // A request that is under way is held by every service that waits for an answer below it, so what fails below is kept by
    // all of them before they stop. A payment's request to the ledger has ended when the bank is asked: should the ledger's
    // instance go at that very moment, its part goes with it. So payments fail just before each instance is told to stop.
    test("a rolling restart under load fails no request, and loses no trace of those that were to fail", async () => {
      const before = caller.made.length;
      const running = fleet.restart(() => caller.failTwice());
      const codes = await caller.makeDuring(A_SECOND_DURING_THE_RESTART, running);
      restarted = caller.made.slice(before);
      expect(codes).toEqual(Array(PODS).fill(0));
      expect(wrong(restarted)).toEqual([]);
      expect(failed(restarted).length).toBeGreaterThan(2 * PODS);
      await untilFailedOnesAreWhole();
      // Spans of every process that has gone are among them.
      const gone = fleet.pods.filter(({ ready }) => !ready).map(({ name }) => name);
      expect(gone).toHaveLength(PODS);
      const arrivals = new Arrivals(intake);
      const senders = failed(caller.made).flatMap((one) =>
        arrivals.of(one).map(({ resource }) => resource["service.instance.id"]),
      );
      expect(gone.filter((name) => !senders.includes(name))).toEqual([]);
      await expect.poll(() => cluster?.query("up"), ARRIVAL).toEqual(Array(PODS).fill(1));
      await expect.poll(falseAlarms, ARRIVAL).toEqual([]);
    }, 180_000);

    test("what fails just before all services stop at once arrives whole", async () => {
      const before = caller.made.length;
      for (let count = 0; count < 5; count++) await caller.failTwice();
      expect(await fleet.stop()).toEqual(Array(PODS).fill(0));
      expect(wrong(caller.made)).toEqual([]);
      // Nobody is left who could send anything later.
      expect(new Arrivals(intake).notWhole(failed(caller.made))).toEqual([]);
      const reported = intake.errors.map(({ contexts }) => contexts.trace.trace_id);
      expect(caller.made.slice(before).filter(({ traceId }) => !reported.includes(traceId))).toEqual([]);
    }, 60_000);

    test("of the requests that succeed about one in a hundred has a trace, which is whole, and stands for a hundred", () => {
      const arrivals = new Arrivals(intake);
      const sampled = caller.made.filter((one) => !one.fails && arrivals.of(one).length > 0);
      expect(arrivals.notWhole(sampled)).toEqual([]);
      expect(arrivals.rates(sampled)).toEqual([0.01]);
      // Chance makes it more or fewer: beyond these bounds once in a hundred thousand runs.
      const share = sampled.length / caller.made.length;
      expect(share).toBeGreaterThan(0.001);
      expect(share).toBeLessThan(0.025);
      // A failed trace stands for itself; of one that was sampled, too, a part may have left before it failed.
      const forThemselves = failed(caller.made).filter((one) => String(arrivals.rates([one])) === "1");
      expect(forThemselves.length).toBeGreaterThan(failed(caller.made).length - 5);
    });

    test("neither settings nor requests have left a secret anywhere", () => {
      expect(written.findings()).toEqual([]);
      expect(written.missing(["tracing stopped", "ask institution", "DOWNBANK"])).toEqual([]);
    });
  });
});
