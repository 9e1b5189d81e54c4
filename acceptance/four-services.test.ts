import { once } from "node:events";
import { credentials } from "@grpc/grpc-js";
import {
  type ImportTransactionsResponse,
  LedgerServiceClient,
  type StreamEntriesResponse,
} from "@tracekeep/proto/ledger/v1";
import { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { describeDatabases } from "@tracekeep/service/testing";
import { loadTracingConfig, startTracing } from "tracekeep";
import { beforeAll, expect, test } from "vitest";
import {
  type ArrivedSpan,
  KIND,
  openAccount,
  parentOf,
  type Stack,
  serviceOf,
  startStack,
  traceOf,
} from "./harness/stack.ts";

const EMPLOYEES = ["ann", "bob", "cy", "dee", "eve", "fay"];
const GIFTS = 3;

const RUN = "payroll.v1.PayrollService/RunPayroll";
const TRANSFER = "treasury.v1.TreasuryService/Transfer";
const WATCH = "treasury.v1.TreasuryService/WatchRates";
const POST = "ledger.v1.LedgerService/PostTransaction";
const CHECK = "ledger.v1.LedgerService/BatchGetAccounts";
const STREAM = "ledger.v1.LedgerService/StreamEntries";
const IMPORT = "ledger.v1.LedgerService/ImportTransactions";

/** Pays all employees through the gateway, in the trace of the caller; resolves to the last line of the answer. */
async function runPayroll({ gateway }: Stack, traceparent: string): Promise<unknown> {
  const employee = (id: string) => ({ employeeId: id, accountId: id, institution: "NORDBANK", amount: 100 });
  const response = await fetch(`http://${gateway.address}/payroll-runs`, {
    method: "POST",
    headers: { traceparent, "idempotency-key": "salaries" },
    body: JSON.stringify({
      currency: "EUR",
      fundingAccountId: "funds",
      fundingInstitution: "NORDBANK",
      employees: EMPLOYEES.map(employee),
    }),
  });
  const lines = (await response.text()).trimEnd().split("\n");
  return JSON.parse(lines.at(-1) ?? "");
}

async function importGifts(ledger: LedgerServiceClient): Promise<ImportTransactionsResponse> {
  const { promise, resolve, reject } = Promise.withResolvers<ImportTransactionsResponse>();
  const call = ledger.importTransactions((error, response) => (error ? reject(error) : resolve(response)));
  for (let gift = 0; gift < GIFTS; gift++) {
    const entry = (accountId: string, amount: bigint) => ({ accountId, amount, currency: "EUR" });
    const entries = [entry("funds", -5n), entry("ann", 5n)];
    call.write({ transaction: { idempotencyKey: `gift ${gift}`, description: "gift", entries } });
  }
  call.end();
  return promise;
}

async function streamEntries(ledger: LedgerServiceClient): Promise<bigint[]> {
  const call = ledger.streamEntries({ accountId: "ann", fromSequence: 0n, follow: false });
  const balances: bigint[] = [];
  for await (const { balance } of call as AsyncIterable<StreamEntriesResponse>) balances.push(balance);
  return balances;
}

async function watchRates(treasury: TreasuryServiceClient): Promise<void> {
  const call = treasury.watchRates();
  call.write({ add: { base: "EUR", quote: "USD" } });
  await once(call, "data");
  call.end();
  call.resume();
  await once(call, "end");
}

describeDatabases(({ environment, system }) => {
  let spans: ArrivedSpan[];
  let answers: { run: unknown; imported: ImportTransactionsResponse; balances: bigint[] };
  let exitCodes: (number | null)[];

  /** One caller, one trace: all kinds of calls, to services that are processes of their own. */
  beforeAll(async () => {
    const stack = await startStack({}, (service) => (service === "gateway" ? {} : environment()));
    const open = (id: string, kind: string) => openAccount(stack.gateway, { id, kind });
    for (const { status } of [
      await open("funds", "internal"),
      ...(await Promise.all(EMPLOYEES.map((id) => open(id, "customer")))),
    ]) {
      expect(status).toBe(201);
    }
    const env = { SENTRY_DSN: stack.intake.dsn, TRACE_SAMPLE_RATE: "1" };
    const tracing = startTracing(loadTracingConfig({ serviceName: "caller", env, cwd: "/" }));
    const insecure = credentials.createInsecure();
    const ledger = new LedgerServiceClient(stack.ledger.address, insecure, tracing.clientOptions());
    const treasury = new TreasuryServiceClient(stack.treasury.address, insecure, tracing.clientOptions());
    const traceId = await tracing.withSpan("pay day", async (span) => {
      const { traceId, spanId } = span.spanContext();
      const run = await runPayroll(stack, `00-${traceId}-${spanId}-01`);
      const imported = await importGifts(ledger);
      answers = { run, imported, balances: await streamEntries(ledger) };
      await watchRates(treasury);
      return traceId;
    });
    ledger.close();
    treasury.close();
    await tracing.shutdown();
    exitCodes = await stack.stop();
    spans = traceOf(stack.intake, traceId);
  }, 120_000);

  const named = (name: string, service: string, kind: number) =>
    spans.filter((span) => span.name === name && serviceOf(span) === service && span.kind === kind);
  const below = (parent: ArrivedSpan | undefined) =>
    spans.filter((span) => span.parentSpanId === parent?.spanId);

  test("everyone is paid, everything imported and streamed", () => {
    expect(answers.run).toMatchObject({ type: "summary", paid: EMPLOYEES.length, failed: 0 });
    expect(answers.imported).toMatchObject({ accepted: BigInt(GIFTS), refused: 0n });
    expect(answers.balances).toEqual([100n, 105n, 110n, 115n]);
    expect(exitCodes).toEqual([0, 0, 0, 0]);
  });

  test("all services are in one trace with one root, and no span lacks its parent", () => {
    expect(new Set(spans.map(serviceOf))).toEqual(
      new Set(["caller", "gateway", "payroll", "ledger", "treasury"]),
    );
    const orphans = spans.filter((span) => parentOf(span, spans) === undefined);
    expect(orphans.map((span) => span.name)).toEqual(["pay day"]);
    expect(new Set(spans.map((span) => span.spanId)).size).toBe(spans.length);
  });

  test("every server's span is below the call of it, and lies in another process", () => {
    const servers = spans.filter((span) => span.kind === KIND.server && serviceOf(span) !== "gateway");
    expect(servers).toHaveLength(2 * EMPLOYEES.length + 5);
    for (const server of servers) {
      const call = parentOf(server, spans);
      expect(call).toMatchObject({ name: server.name, kind: KIND.client });
      expect(call && serviceOf(call)).not.toBe(serviceOf(server));
      expect(server.attributes["rpc.status_code"]).toBe("OK");
    }
  });

  test("the run's call is streamed through the gateway, below the caller's span", () => {
    const [server, ...more] = named(RUN, "payroll", KIND.server);
    expect(more).toEqual([]);
    const call = server && parentOf(server, spans);
    const entry = call && parentOf(call, spans);
    expect(entry).toMatchObject({ name: "POST /payroll-runs", kind: KIND.server });
    expect(entry && parentOf(entry, spans)?.name).toBe("pay day");
    // The gateway's span lasts as long as what it streams.
    expect(entry?.end).toBeGreaterThanOrEqual(call?.end ?? 0);
  });

  test("the accounts of all employees are asked for at once, before any money moves", () => {
    const [call, ...more] = named(CHECK, "payroll", KIND.client);
    expect(more).toEqual([]);
    expect(call && parentOf(call, spans)?.name).toBe(RUN);
    const transfers = named(TRANSFER, "payroll", KIND.client);
    for (const transfer of transfers) expect(transfer.start).toBeGreaterThanOrEqual(call?.end ?? Infinity);
  });

  test("each payment has its transfer and its transaction below it", () => {
    const payments = named("pay employee", "payroll", KIND.internal);
    expect(payments.map((span) => span.attributes["payroll.employee_id"]).sort()).toEqual(EMPLOYEES);
    const [run] = named(RUN, "payroll", KIND.server);
    for (const payment of payments) {
      expect(payment.parentSpanId).toBe(run?.spanId);
      const calls = below(payment);
      expect(calls.map((span) => [span.name, span.kind])).toEqual([
        [TRANSFER, KIND.client],
        [POST, KIND.client],
      ]);
      expect(calls.flatMap(below).map((span) => `${serviceOf(span)} ${span.name}`)).toEqual([
        `treasury ${TRANSFER}`,
        `ledger ${POST}`,
      ]);
    }
  });

  test.each([
    [IMPORT, "ledger", Array<string>(GIFTS).fill("post transaction")],
    [STREAM, "ledger", ["SELECT accounts", "SELECT entries"]],
    [WATCH, "treasury", []],
  ])("%s is one call, with what it does below it", (method, service, children) => {
    const [server, ...more] = named(method, service, KIND.server);
    expect(more).toEqual([]);
    const call = server && parentOf(server, spans);
    expect(call && serviceOf(call)).toBe("caller");
    expect(call && parentOf(call, spans)?.name).toBe("pay day");
    expect(below(server).map(({ name }) => name)).toEqual(children);
  });

  test("queries are spans of the database that is used, with placeholders instead of values", () => {
    const queries = spans.filter((span) => "db.query.text" in span.attributes);
    expect(queries.length).toBeGreaterThan(10 * EMPLOYEES.length);
    expect(new Set(queries.map((span) => span.attributes["db.system.name"]))).toEqual(new Set([system]));
    expect(JSON.stringify(queries)).not.toContain("Salary of");
  });
});
