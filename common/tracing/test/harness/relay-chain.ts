import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { onTestFinished } from "vitest";
import type { TestIntake } from "./intake.ts";
import { startIntake } from "./intake.ts";
import { nodeEnvironment } from "./node-environment.ts";
import { probeClient } from "./probe.ts";

/** A service in a process of its own. */
export interface RelayService {
  readonly address: string;
  readonly child: ChildProcess;
  /** Lets it flush and exit; resolves with its exit code. */
  stop(): Promise<number | null>;
}

/** Environment variables of a service of the chain. */
export type RelayEnv = Readonly<Record<string, string>>;

export async function startRelay(intake: TestIntake, name: string, env: RelayEnv): Promise<RelayService> {
  const child = fork(new URL("../fixtures/relay-service.ts", import.meta.url), {
    env: {
      ...nodeEnvironment,
      NAME: name,
      SENTRY_DSN: intake.dsn,
      TRACE_SAMPLE_RATE: "1",
      TRACE_EXPORT_INTERVAL_MS: "10",
      ...env,
    },
  });
  // Also where the test fails: nothing may outlive it.
  onTestFinished(() => void child.kill());
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return {
    address: `127.0.0.1:${port}`,
    child,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.send("stop");
      const [code] = (await once(child, "exit")) as [number | null];
      return code;
    },
  };
}

/** gateway calls ledger, ledger calls treasury; three processes, asked by an untraced client. */
export interface RelayChain {
  readonly intake: TestIntake;
  readonly client: ProbeServiceClient;
  readonly gateway: RelayService;
  readonly ledger: RelayService;
  readonly treasury: RelayService;
  /** Lets all services flush and exit, so that nothing can arrive any more. */
  stop(): Promise<void>;
}

export interface RelayChainSettings {
  readonly all?: RelayEnv;
  readonly ledger?: RelayEnv;
}

export async function startRelayChain({
  all = {},
  ledger: own = {},
}: RelayChainSettings = {}): Promise<RelayChain> {
  const intake = await startIntake();
  const treasury = await startRelay(intake, "treasury", all);
  const ledger = await startRelay(intake, "ledger", { DOWNSTREAM: treasury.address, ...all, ...own });
  const gateway = await startRelay(intake, "gateway", { DOWNSTREAM: ledger.address, ...all });
  const client = probeClient(undefined, gateway.address);
  return {
    intake,
    client,
    gateway,
    ledger,
    treasury,
    async stop() {
      client.close();
      await Promise.all([gateway, ledger, treasury].map((service) => service.stop()));
      await intake.close();
    },
  };
}
