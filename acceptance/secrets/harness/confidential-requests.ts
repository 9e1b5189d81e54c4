import { type Client, credentials, Metadata } from "@grpc/grpc-js";
import { HealthServiceClient } from "@tracekeep/proto/health/v1";
import { LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import { ManifestServiceClient } from "@tracekeep/proto/manifest/v1";
import { expect } from "vitest";
import { reflect } from "../../../common/service/test/fixtures/reflect.ts";
import { openAccount } from "../../harness/stack.ts";
import { type CarelessStack, confidentialHeaders } from "./careless-stack.ts";
import { marker, PERSONAL } from "./planted.ts";
import type { Written } from "./written.ts";

const { card, cardDigits, email, holder, jwt } = PERSONAL;

async function ask<Reply>(
  client: Client,
  call: (done: (error: unknown, reply?: Reply) => void) => void,
): Promise<unknown> {
  const answer = await new Promise((resolve) => call((error, reply) => resolve(reply ?? error)));
  client.close();
  return answer;
}

/** What a service tells of itself to anyone who asks. */
async function askAll(written: Written, address: string): Promise<void> {
  const insecure = credentials.createInsecure();
  const health = new HealthServiceClient(address, insecure);
  const request = { dependencies: [], includeConfiguration: true };
  written.addAnswer(`health of ${address}`, await ask(health, (done) => health.getHealth(request, done)));
  const manifest = new ManifestServiceClient(address, insecure);
  written.addAnswer(`manifest of ${address}`, await ask(manifest, (done) => manifest.getManifest({}, done)));
  const { services, files } = await reflect(address, { symbol: "manifest.v1.ManifestService" });
  written.addAnswer(`reflection of ${address}`, services);
  for (const file of files) written.add(`reflection of ${address}`, Buffer.from(file));
}

/** Requests that succeed, and that fail in every way, all full of secrets. */
export async function sendRequests(
  written: Written,
  { gateway, ledger, payroll, treasury }: CarelessStack,
): Promise<void> {
  const headers = confidentialHeaders();
  const open = (institution: string, id = "") =>
    openAccount(gateway, { institution, name: holder, id }, headers);
  for (const institution of ["NORDBANK", "SPAN"]) expect((await open(institution)).status).toBe(201);
  expect((await open("NORDBANK", "funds")).status).toBe(201);
  for (const institution of ["DETAILS", "THROWN", "LOGGED"]) {
    const { status, body } = await open(institution);
    expect(status).toBe(500);
    written.addAnswer(`the gateway's answer to ${institution}`, body);
  }
  for (const path of [
    `accounts/${cardDigits}`,
    `accounts/${encodeURIComponent(email)}?card=${encodeURIComponent(card)}`,
  ])
    expect((await fetch(`http://${gateway.address}/${path}`, { headers })).status).toBe(404);
  const employee = { employeeId: "ada", accountId: "funds", institution: "NORDBANK", amount: 1 };
  const funds = { currency: "EUR", fundingAccountId: "funds", fundingInstitution: "NORDBANK" };
  const run = await fetch(`http://${gateway.address}/payroll-runs`, {
    method: "POST",
    headers: { ...headers, "idempotency-key": "salaries" },
    body: JSON.stringify({ ...funds, employees: [employee] }),
  });
  expect(await run.text()).toContain('"failed":1');

  const metadata = new Metadata();
  for (const [name, value] of Object.entries({ ...headers, "x-note": marker("metadata") }))
    metadata.set(name, value);
  for (const { address } of [ledger, payroll, treasury]) {
    // Only the ledger has the method; the others refuse it.
    const client = new LedgerServiceClient(address, credentials.createInsecure());
    await ask(client, (done) => client.getAccount({ id: jwt }, metadata, done));
    await askAll(written, address);
  }
  const health = await fetch(`http://${gateway.address}/healthz`, { headers });
  written.addAnswer("healthz", [...health.headers, await health.text()]);
}
