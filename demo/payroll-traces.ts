import { type ExpectedCount, type ExpectedSpan, type ExpectedTrace, query } from "./expected-trace.ts";

const RUN = "payroll.v1.PayrollService/RunPayroll";
const TRANSFER = "treasury.v1.TreasuryService/Transfer";
const POST = "ledger.v1.LedgerService/PostTransaction";

/** A call from the payroll service, on both sides, with what must be below it. */
function call(service: string, name: string, below: readonly ExpectedSpan[]): ExpectedSpan {
  const ok = { name, outcome: "OK", failed: false };
  const server: ExpectedSpan = { ...ok, service, kind: "server", children: below };
  return { ...ok, service: "payroll", kind: "client", children: [server] };
}

const transfer = call("treasury", TRANSFER, [
  query("treasury"),
  { service: "treasury", kind: "internal", name: "ask institution", failed: false },
]);

const posting = call("ledger", POST, [
  {
    service: "ledger",
    kind: "internal",
    name: "post transaction",
    failed: false,
    children: [query("ledger")],
  },
]);

function throughAll(http: string, rpc: string, payments: readonly ExpectedSpan[]): ExpectedSpan {
  const server: ExpectedSpan = {
    service: "payroll",
    kind: "server",
    name: RUN,
    outcome: rpc,
    failed: false,
    children: [query("payroll"), ...payments],
  };
  // For its caller a cancelled call may be an error or none.
  const failed = rpc === "OK" ? false : undefined;
  const entry: ExpectedSpan = {
    ...server,
    service: "gateway",
    kind: "client",
    failed,
    children: [server],
  };
  const name = "POST /payroll-runs";
  return { service: "gateway", kind: "server", name, outcome: http, failed: false, children: [entry] };
}

function pay(count: number, children: readonly ExpectedSpan[]): ExpectedSpan {
  return { service: "payroll", kind: "internal", name: "pay employee", failed: false, count, children };
}

/** Everyone is paid: a transfer and a posting below each payment. */
export function everyonePaid(employees: number): ExpectedTrace {
  const root = throughAll("200", "OK", [pay(employees, [transfer, posting])]);
  return { root, error: undefined };
}

/** Some are paid; then the client leaves, and the payments under way are cancelled. Nobody's failure. */
export function clientGone(paid: number, cancelled: number): ExpectedTrace {
  const tried: ExpectedSpan = { service: "payroll", kind: "client", name: TRANSFER };
  const root = throughAll("499", "CANCELLED", [pay(paid + cancelled, [tried])]);
  const server = (service: string, name: string, outcome: string, count: number): ExpectedCount => ({
    service,
    kind: "server",
    name,
    outcome,
    count,
  });
  const counts = [
    server("treasury", TRANSFER, "OK", paid),
    server("treasury", TRANSFER, "CANCELLED", cancelled),
    server("ledger", POST, "OK", paid),
  ];
  return { root, counts, error: undefined };
}
