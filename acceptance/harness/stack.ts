import { join } from "node:path";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { type ArrivedSpan, startIntake, type TestIntake } from "../../common/tracing/test/harness/intake.ts";

export type { ArrivedSpan, TestIntake };
export { startIntake };

const services = join(import.meta.dirname, "../../services");

/** The entry file of a service. */
export function mainOf(service: "gateway" | "ledger" | "treasury"): string {
  return join(services, service, "src/main.ts");
}

export const PROBE_MAIN = join(import.meta.dirname, "probe-service.ts");

/** The services in processes of their own, and an intake whose payloads are read with OTLP's official definitions. */
export interface Stack {
  readonly intake: TestIntake;
  readonly gateway: ServiceProcess;
  readonly ledger: ServiceProcess;
  readonly treasury: ServiceProcess;
  /** Stops the services in the order of the calls; resolves to their exit codes. */
  stop(): Promise<(number | null)[]>;
}

export async function startStack(settings: Record<string, string> = {}): Promise<Stack> {
  const intake = await startIntake();
  const env = {
    SENTRY_DSN: intake.dsn,
    TRACE_SAMPLE_RATE: "1",
    TRACE_EXPORT_INTERVAL_MS: "20",
    LOG_LEVEL: "warn",
    ...settings,
  };
  const log = { LOG_LEVEL: "info" };
  const treasury = await startService(mainOf("treasury"), { ...env, ...log });
  const ledger = await startService(mainOf("ledger"), { ...env, ...log, TREASURY_ADDRESS: treasury.address });
  const gateway = await startService(mainOf("gateway"), { ...env, ...log, LEDGER_ADDRESS: ledger.address });
  const stop = async (): Promise<(number | null)[]> => {
    const codes = [await gateway.stop(), await ledger.stop(), await treasury.stop()];
    await intake.close();
    return codes;
  };
  return { intake, gateway, ledger, treasury, stop };
}

export interface Answer {
  readonly status: number;
  readonly traceId: string;
  readonly body: unknown;
}

/** Opens an account at the gateway. */
export async function openAccount(
  gateway: ServiceProcess,
  account: { name?: string; currency?: string; institution?: string } = {},
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
