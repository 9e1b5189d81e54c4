import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { startIntake } from "tracekeep-viewer";
import { expect, test } from "vitest";
import {
  gatewayMain,
  ledgerMain,
  payrollMain,
  settingsFor,
  startTracedServices,
  treasuryMain,
} from "./testing/traced-services.ts";

async function healthOf({ address }: ServiceProcess) {
  const response = await fetch(`http://${address}/healthz`);
  return {
    status: response.status,
    traceId: response.headers.get("x-trace-id"),
    body: await response.json(),
  };
}

test("the gateway is healthy if all services behind it are, and saying so makes no trace", async () => {
  await using intake = await startIntake();
  const { gateway, stop } = await startTracedServices(intake);
  await gateway.line("ready");
  expect(await healthOf(gateway)).toEqual({
    status: 200,
    traceId: null,
    body: { status: "healthy", dependencies: { ledger: "up", treasury: "up", payroll: "up" } },
  });
  await stop();
  expect(intake.traces()).toEqual([]);
});

test("without the payroll service it is degraded, without the ledger it takes no requests", async () => {
  await using treasury = await startService(treasuryMain);
  const TREASURY_ADDRESS = treasury.address;
  await using ledger = await startService(ledgerMain, { TREASURY_ADDRESS });
  const LEDGER_ADDRESS = ledger.address;
  const payroll = await startService(payrollMain, { TREASURY_ADDRESS, LEDGER_ADDRESS });
  const addresses = { TREASURY_ADDRESS, LEDGER_ADDRESS, PAYROLL_ADDRESS: payroll.address };
  await using gateway = await startService(gatewayMain, addresses);
  await gateway.line("ready");
  await payroll.stop();
  expect(await healthOf(gateway)).toMatchObject({
    status: 200,
    body: { status: "degraded", dependencies: { ledger: "up", treasury: "up", payroll: "down" } },
  });
  await ledger.stop();
  const { status, body } = await healthOf(gateway);
  expect(status).toBe(503);
  expect(body).toMatchObject({ status: "unhealthy", dependencies: { ledger: "down" } });
  expect(JSON.stringify(body)).not.toContain("127.0.0.1");
});

test("it takes no requests before it has reached the ledger", async () => {
  await using intake = await startIntake();
  const env = { ...settingsFor(intake), LEDGER_ADDRESS: "127.0.0.1:1" };
  await using gateway = await startService(gatewayMain, env);
  expect(await healthOf(gateway)).toMatchObject({ status: 503, body: { status: "starting" } });
});
