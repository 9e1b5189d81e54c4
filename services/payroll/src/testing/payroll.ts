import { join } from "node:path";
import { credentials, Metadata } from "@grpc/grpc-js";
import { AccountKind, CreateAccountRequest, LedgerServiceClient } from "@tracekeep/proto/ledger/v1";
import {
  type Employee,
  type Payment,
  PaymentStatus,
  PayrollServiceClient,
  type RunPayrollRequest,
  type RunPayrollResponse,
} from "@tracekeep/proto/payroll/v1";
import { unaryCall } from "@tracekeep/service";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";

const services = join(import.meta.dirname, "../../..");
export const payrollMain = join(services, "payroll/src/main.ts");

/** Options of a call that may take long. */
export const patient = {
  scope: { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY },
  timeoutMs: 20_000,
};

/** The services that pay, as processes, with an account `funds` that salaries are taken from. */
export interface Peers extends AsyncDisposable {
  readonly addresses: { readonly TREASURY_ADDRESS: string; readonly LEDGER_ADDRESS: string };
  open(id: string, part?: { kind?: AccountKind; currency?: string }): Promise<void>;
  /** Moves money in the ledger alone. */
  post(from: string, to: string, amount: bigint): Promise<void>;
  balance(id: string): Promise<bigint | undefined>;
}

export async function startPeers(): Promise<Peers> {
  const treasury = await startService(join(services, "treasury/src/main.ts"));
  const addresses = { TREASURY_ADDRESS: treasury.address };
  const ledger = await startService(join(services, "ledger/src/main.ts"), addresses);
  const client = new LedgerServiceClient(ledger.address, credentials.createInsecure());
  const open: Peers["open"] = async (accountId, part = {}) => {
    const fields = { accountId, name: accountId, currency: "EUR", institution: "NORDBANK", ...part };
    await unaryCall(client, client.createAccount, CreateAccountRequest.create(fields), patient);
  };
  await open("funds", { kind: AccountKind.ACCOUNT_KIND_INTERNAL });
  return {
    addresses: { ...addresses, LEDGER_ADDRESS: ledger.address },
    open,
    async post(from, to, amount) {
      const entry = (accountId: string, change: bigint) => ({ accountId, amount: change, currency: "EUR" });
      const entries = [entry(from, -amount), entry(to, amount)];
      const posting = { idempotencyKey: crypto.randomUUID(), description: "", entries };
      await unaryCall(client, client.postTransaction, posting, patient);
    },
    balance: async (id) => (await unaryCall(client, client.getAccount, { id }, patient)).account?.balance,
    async [Symbol.asyncDispose]() {
      client.close();
      await ledger.stop();
      await treasury.stop();
    },
  };
}

/** So many accounts that nobody else uses; resolves to their ids, in order. */
export async function openAccounts(peers: Peers, count: number): Promise<string[]> {
  const run = crypto.randomUUID().slice(0, 8);
  const ids = Array.from({ length: count }, (_, index) => `${run}-${index}`);
  for (const id of ids) await peers.open(id);
  return ids;
}

/** A payroll service as a process, and a client of it. */
export interface TestPayroll extends AsyncDisposable {
  readonly process: ServiceProcess;
  readonly client: PayrollServiceClient;
}

export async function startPayroll(env: Record<string, string>): Promise<TestPayroll> {
  const process = await startService(payrollMain, env);
  const client = new PayrollServiceClient(process.address, credentials.createInsecure());
  return {
    process,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await process[Symbol.asyncDispose]();
    },
  };
}

/** A run that pays each employee 100 into the account of the same id. */
export function runOf(
  employees: readonly (string | Partial<Employee>)[],
  key: string = crypto.randomUUID(),
  fundingAccountId = "funds",
) {
  const whole = employees.map((part): Employee => {
    const given = typeof part === "string" ? { employeeId: part } : part;
    const employeeId = given.employeeId ?? "";
    return { employeeId, accountId: employeeId, institution: "NORDBANK", amount: 100n, ...given };
  });
  const funding = { fundingAccountId, fundingInstitution: "NORDBANK" };
  return { idempotencyKey: key, payroll: { currency: "EUR", ...funding, employees: whole } };
}

/** Everything that a run answers. */
export async function play(
  client: PayrollServiceClient,
  request: RunPayrollRequest,
): Promise<RunPayrollResponse[]> {
  const steps: RunPayrollResponse[] = [];
  const call = client.runPayroll(request, new Metadata(), { deadline: Date.now() + 20_000 });
  for await (const step of call as AsyncIterable<RunPayrollResponse>) steps.push(step);
  return steps;
}

/** How each payment of a run ended, in the order of the employees' ids: `ann PAID`. */
export function endings(steps: readonly RunPayrollResponse[]): string[] {
  const names = Object.entries(PaymentStatus);
  const name = (status: PaymentStatus) => names.find(([, value]) => value === status)?.[0] ?? "";
  const describe = ({ employeeId, status, reason }: Payment) =>
    `${employeeId} ${name(status).replace("PAYMENT_STATUS_", "")}${reason && ` ${reason}`}`;
  return steps.flatMap(({ payment }) => (payment ? [describe(payment)] : [])).sort();
}
