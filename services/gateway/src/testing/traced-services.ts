import { join } from "node:path";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import type { Intake, SentryErrorEvent, SpanRecord, Trace } from "tracekeep-viewer";

const folder = join(import.meta.dirname, "../../..");
export const treasuryMain = join(folder, "treasury/src/main.ts");
export const ledgerMain = join(folder, "ledger/src/main.ts");
export const payrollMain = join(folder, "payroll/src/main.ts");
export const gatewayMain = join(folder, "gateway/src/main.ts");

/** A body that POST /accounts takes. */
export const ada = { name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK" };

/** The services as processes that send every trace to an intake. */
export interface TracedServices {
  gateway: ServiceProcess;
  /** Stops the services, which sends what they hold. */
  stop(): Promise<void>;
}

/** Settings that make a service send every trace to an intake, soon. */
export function settingsFor(intake: Intake): Record<string, string> {
  return { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_INTERVAL_MS: "10" };
}

export async function startTracedServices(intake: Intake): Promise<TracedServices> {
  const env = settingsFor(intake);
  const treasury = await startService(treasuryMain, env);
  const ledger = await startService(ledgerMain, { ...env, TREASURY_ADDRESS: treasury.address });
  const addresses = { TREASURY_ADDRESS: treasury.address, LEDGER_ADDRESS: ledger.address };
  const payroll = await startService(payrollMain, { ...env, ...addresses });
  const PAYROLL_ADDRESS = payroll.address;
  const gateway = await startService(gatewayMain, { ...env, ...addresses, PAYROLL_ADDRESS });
  const services = [gateway, payroll, ledger, treasury];
  const stop = async () => void (await Promise.all(services.map((service) => service.stop())));
  return { gateway, stop };
}

export async function post(
  { address }: ServiceProcess,
  account: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; traceId: string }> {
  const init = { method: "POST", body: JSON.stringify(account), headers };
  const response = await fetch(`http://${address}/accounts`, init);
  return { status: response.status, traceId: response.headers.get("x-trace-id") ?? "" };
}

export function spansOf(trace: Trace): SpanRecord[] {
  return trace.nodes.map(({ span }) => span);
}

/** The gateway's own span of POST /accounts. */
export function entryOf(trace: Trace): SpanRecord | undefined {
  return spansOf(trace).find(({ service, name }) => service === "gateway" && name === "POST /accounts");
}

export function hasEntry(trace: Trace): boolean {
  return entryOf(trace) !== undefined;
}

export function errorsOf(intake: Intake, traceId: string): SentryErrorEvent[] {
  return intake.errors().filter(({ trace }) => trace?.traceId === traceId);
}

export function newTraceId(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** The header of a caller that has sampled its trace. */
export function traceparent(traceId: string): string {
  return `00-${traceId}-00f067aa0ba902b7-01`;
}
