import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import type { Tracing } from "../../src/index.ts";
import { startIntake, type TestIntake } from "./intake.ts";
import {
  collectLog,
  type LoggedLine,
  type ProbeHandlers,
  probeClient,
  serveProbe,
  startTestTracing,
} from "./probe.ts";
import { startTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

/** One client, one server and the intake that both report to. */
export interface Scene {
  readonly intake: TestIntake;
  readonly tracing: Tracing;
  readonly address: string;
  readonly client: ProbeServiceClient;
  readonly lines: readonly LoggedLine[];
  readonly proxy: TcpProxy;
  stopServer(): void;
}

export interface SceneSettings {
  /** Environment variables of the tracing. */
  readonly env?: Record<string, string>;
  readonly clientOptions?: Parameters<Tracing["clientOptions"]>[0];
  /** By which of the library's two ways the client is traced; default: by its options. */
  readonly tracedBy?: "options" | "interceptors";
  readonly serverOptions?: Parameters<typeof serveProbe>[2];
}

/** Sets the scene, plays, and clears up. The client reaches the server by way of the proxy. */
export async function withScene(
  handlers: ProbeHandlers,
  play: (scene: Scene) => Promise<void>,
  { env = {}, clientOptions = {}, serverOptions = {}, tracedBy = "options" }: SceneSettings = {},
): Promise<void> {
  const intake = await startIntake();
  const { lines, logger } = collectLog();
  const tracing = startTestTracing(intake, env, logger);
  const probe = await serveProbe(tracing, handlers, serverOptions);
  const proxy = await startTcpProxy(probe.address);
  const client =
    tracedBy === "options"
      ? probeClient(tracing, proxy.address, clientOptions)
      : probeClient(undefined, proxy.address, {
          ...clientOptions,
          interceptors: tracing.clientInterceptors(),
        });
  try {
    await play({
      intake,
      tracing,
      address: probe.address,
      client,
      lines,
      proxy,
      stopServer: () => probe.stop(),
    });
  } finally {
    client.close();
    probe.stop();
    proxy.close();
    await tracing.shutdown(500);
    await intake.close();
  }
}
