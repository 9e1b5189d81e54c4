import { startService } from "@tracekeep/service/testing";
import { mainOf, type ServiceName, startIntake, type TestIntake } from "../../harness/stack.ts";
import { type SlowWay, startSlowWay } from "./slow-way.ts";

/** Gateway, ledger and treasury, with a network between the last two that can be slow. */
export interface SlowStack extends AsyncDisposable {
  readonly intake: TestIntake;
  readonly gateway: Awaited<ReturnType<typeof startService>>;
  readonly way: SlowWay;
}

export async function startSlowStack(settings: Readonly<Record<string, string>>): Promise<SlowStack> {
  await using started = new AsyncDisposableStack();
  const intake = await startIntake();
  started.defer(() => intake.close());
  const env = { SENTRY_DSN: intake.dsn, TRACE_EXPORT_INTERVAL_MS: "20", ...settings };
  const start = async (service: ServiceName, addresses: Readonly<Record<string, string>>) =>
    started.use(await startService(mainOf(service), { ...env, ...addresses }));
  const treasury = await start("treasury", {});
  const way = started.use(await startSlowWay(treasury.address));
  const ledger = await start("ledger", { TREASURY_ADDRESS: way.address });
  const gateway = await start("gateway", { LEDGER_ADDRESS: ledger.address });
  const running = started.move();
  return { intake, gateway, way, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
