import { fileURLToPath } from "node:url";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { mainOf } from "../../harness/stack.ts";
import { marker, PERSONAL } from "./planted.ts";

const TREASURY = fileURLToPath(new URL("./careless-treasury.ts", import.meta.url));

/** The services in processes of their own, as in production but for a treasury that is careless. */
export interface CarelessStack extends AsyncDisposable {
  readonly gateway: ServiceProcess;
  readonly payroll: ServiceProcess;
  readonly ledger: ServiceProcess;
  readonly treasury: ServiceProcess;
  /** Stops the services in the order of the calls; resolves to their exit codes. */
  stop(): Promise<(number | null)[]>;
}

export async function startCarelessStack(settings: Readonly<Record<string, string>>): Promise<CarelessStack> {
  const env = {
    TRACE_SAMPLE_RATE: "1",
    TRACE_EXPORT_INTERVAL_MS: "20",
    // Whatever can be said is said, and whatever can be recorded is recorded.
    LOG_LEVEL: "trace",
    TRACE_CAPTURE_METADATA: "authorization,cookie,x-session,x-note",
    TRACE_TENANT_KEY: "x-tenant",
    SHUTDOWN_TIMEOUT_MS: "2000",
    ...settings,
  };
  await using started = new AsyncDisposableStack();
  const start = async (main: string, addresses: Record<string, string> = {}) =>
    started.use(await startService(main, { ...env, ...addresses }));
  const treasury = await start(TREASURY);
  const TREASURY_ADDRESS = treasury.address;
  const ledger = await start(mainOf("ledger"), { TREASURY_ADDRESS });
  const addresses = { TREASURY_ADDRESS, LEDGER_ADDRESS: ledger.address };
  const payroll = await start(mainOf("payroll"), addresses);
  const gateway = await start(mainOf("gateway"), { ...addresses, PAYROLL_ADDRESS: payroll.address });
  const running = started.move();
  const stop = async () => {
    const codes: (number | null)[] = [];
    for (const service of [gateway, payroll, ledger, treasury]) codes.push(await service.stop());
    return codes;
  };
  return { gateway, payroll, ledger, treasury, stop, [Symbol.asyncDispose]: () => running.disposeAsync() };
}

/** Headers of a client that tells all that it knows. */
export function confidentialHeaders(): Record<string, string> {
  const { bearer, cookie, jwt, email, baggage } = PERSONAL;
  return {
    authorization: `Bearer ${bearer}`,
    cookie: `session=${cookie}`,
    "x-session": jwt,
    "x-tenant": marker("tenant"),
    baggage: `email=${encodeURIComponent(email)},name=${baggage},order=${marker("baggage")}`,
  };
}
