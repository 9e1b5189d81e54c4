import { join } from "node:path";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { type ArrivedSpan, startIntake, type TestIntake } from "../../common/tracing/test/harness/intake.ts";

export type { ArrivedSpan, TestIntake };
export { startIntake };

const services = join(import.meta.dirname, "../../services");

export type ServiceName = "gateway" | "payroll" | "ledger" | "treasury";

/** The entry file of a service. */
export function mainOf(service: ServiceName): string {
  return join(services, service, "src/main.ts");
}

export const PROBE_MAIN = join(import.meta.dirname, "probe-service.ts");

/** The services in processes of their own, and an intake whose payloads are read with OTLP's official definitions. */
export interface Stack {
  readonly intake: TestIntake;
  readonly gateway: ServiceProcess;
  readonly payroll: ServiceProcess;
  readonly ledger: ServiceProcess;
  readonly treasury: ServiceProcess;
  /** Stops the services in the order of the calls; resolves to their exit codes. */
  stop(): Promise<(number | null)[]>;
}

/**
 * @param settings for all services
 * @param own for one service, such as where it keeps its data
 */
export async function startStack(
  settings: Record<string, string> = {},
  own: (service: ServiceName) => Record<string, string> = () => ({}),
): Promise<Stack> {
  const intake = await startIntake();
  const env = {
    SENTRY_DSN: intake.dsn,
    TRACE_SAMPLE_RATE: "1",
    TRACE_EXPORT_INTERVAL_MS: "20",
    ...settings,
    // `startService` reads the address from the log.
    LOG_LEVEL: "info",
  };
  const start = (service: ServiceName, addresses: Record<string, string>) =>
    startService(mainOf(service), { ...env, ...own(service), ...addresses });
  const treasury = await start("treasury", {});
  const TREASURY_ADDRESS = treasury.address;
  const ledger = await start("ledger", { TREASURY_ADDRESS });
  const addresses = { TREASURY_ADDRESS, LEDGER_ADDRESS: ledger.address };
  const payroll = await start("payroll", addresses);
  const gateway = await start("gateway", { ...addresses, PAYROLL_ADDRESS: payroll.address });
  const stop = async (): Promise<(number | null)[]> => {
    const codes: (number | null)[] = [];
    for (const service of [gateway, payroll, ledger, treasury]) codes.push(await service.stop());
    await intake.close();
    return codes;
  };
  return { intake, gateway, payroll, ledger, treasury, stop };
}

export interface Answer {
  readonly status: number;
  readonly traceId: string;
  readonly body: unknown;
}

/** Opens an account at the gateway. */
export async function openAccount(
  gateway: ServiceProcess,
  account: { name?: string; currency?: string; institution?: string; id?: string; kind?: string } = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = JSON.stringify({ name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK", ...account });
  const response = await fetch(`http://${gateway.address}/accounts`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  return {
    status: response.status,
    traceId: response.headers.get("x-trace-id") ?? "",
    body: await response.json(),
  };
}

/** How many spans a request that opens an account makes, over all services. */
export const OPEN_ACCOUNT_SPANS = 10;

export function traceOf(intake: TestIntake, traceId: string): ArrivedSpan[] {
  return intake.spans.filter((span) => span.traceId === traceId);
}

/** Waits until a trace has all its spans. */
export async function arrived(
  intake: TestIntake,
  traceId: string,
  count = OPEN_ACCOUNT_SPANS,
): Promise<ArrivedSpan[]> {
  await intake.until(() => traceOf(intake, traceId).length >= count, `${count} spans of trace ${traceId}`);
  return traceOf(intake, traceId);
}

export const serviceOf = (span: ArrivedSpan): string => String(span.resource["service.name"]);

/** The span above, if it is in the list. */
export function parentOf(span: ArrivedSpan, spans: readonly ArrivedSpan[]): ArrivedSpan | undefined {
  return spans.find((candidate) => candidate.spanId === span.parentSpanId);
}

/** OTLP's span kinds. */
export const KIND = { internal: 1, server: 2, client: 3 } as const;

export const newTraceId = (): string => crypto.randomUUID().replaceAll("-", "");
