import { type Child, startChild } from "../../../bench/processes/child.ts";
import type { ServiceQuestion, ServiceReady, ServiceState } from "./service.ts";

const SERVICE = new URL("./service.ts", import.meta.url);

export const SERVICES = ["gateway", "payroll", "ledger", "treasury"] as const;
export type ServiceName = (typeof SERVICES)[number];

/** gateway calls payroll; payroll calls the ledger and then treasury, the last hop. Four processes. */
export interface Chain extends AsyncDisposable {
  readonly gatewayAddress: string;
  states(): Promise<Record<ServiceName, ServiceState>>;
  /** Sends all that waits, callers first, so that what they recall is sent, too. */
  flush(): Promise<Record<ServiceName, ServiceState>>;
}

/**
 * @param settings for all services
 * @param own for single ones
 */
export async function startChain(
  settings: Readonly<Record<string, string>>,
  own: Readonly<Partial<Record<ServiceName, Record<string, string>>>> = {},
): Promise<Chain> {
  await using started = new AsyncDisposableStack();
  const start = async (name: ServiceName, callees: readonly Child<ServiceReady>[]) => {
    const CALLS = callees.map(({ ready }) => ready.address).join(",");
    const service = await startChild<ServiceReady>(SERVICE, {
      name,
      env: { ...settings, ...own[name], NAME: name, CALLS },
    });
    return started.use(service);
  };
  const treasury = await start("treasury", []);
  const ledger = await start("ledger", []);
  const payroll = await start("payroll", [ledger, treasury]);
  const gateway = await start("gateway", [payroll]);
  const services = { gateway, payroll, ledger, treasury };
  const ask = async (question: ServiceQuestion) => {
    const states = new Map<ServiceName, ServiceState>();
    for (const name of SERVICES) states.set(name, await services[name].ask<ServiceState>(question));
    return Object.fromEntries(states) as Record<ServiceName, ServiceState>;
  };
  const running = started.move();
  return {
    gatewayAddress: gateway.ready.address,
    states: () => ask("stats"),
    flush: () => ask("flush"),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
