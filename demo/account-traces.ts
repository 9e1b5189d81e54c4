import { type ExpectedSpan, type ExpectedTrace, query } from "./expected-trace.ts";

const CREATE = "ledger.v1.LedgerService/CreateAccount";
const VALIDATE = "treasury.v1.TreasuryService/ValidateAccount";

interface Outcomes {
  readonly http: string;
  readonly rpc: string;
  /** Marks: at the gateway's entry, at calls, at the services that were called. */
  readonly failed: {
    readonly entry: boolean;
    readonly calls: boolean | undefined;
    readonly servers: boolean;
  };
  /** Whether the institution is asked, and how that ends. */
  readonly asks: "no" | "answered" | "failed" | "cancelled";
  readonly inserts: boolean;
}

function ask(failed: boolean | undefined): ExpectedSpan {
  return { service: "treasury", kind: "internal", name: "ask institution", failed };
}

// Every request takes the same way: gateway, ledger, treasury.
function throughAll({ http, rpc, failed, asks, inserts }: Outcomes): ExpectedSpan {
  const validate = { name: VALIDATE, outcome: rpc };
  const create = { name: CREATE, outcome: rpc };
  const treasury: ExpectedSpan = {
    ...validate,
    service: "treasury",
    kind: "server",
    failed: failed.servers,
    children:
      asks === "no"
        ? [query("treasury")]
        : [query("treasury"), ask(asks === "cancelled" ? undefined : asks === "failed")],
  };
  const call: ExpectedSpan = {
    ...validate,
    service: "ledger",
    kind: "client",
    failed: failed.calls,
    children: [treasury],
  };
  const children = inserts ? [call, query("ledger")] : [call];
  const open: ExpectedSpan = { service: "ledger", kind: "internal", name: "open account", children };
  const ledger: ExpectedSpan = {
    ...create,
    service: "ledger",
    kind: "server",
    failed: failed.servers,
    children: [open],
  };
  const entryCall: ExpectedSpan = {
    ...create,
    service: "gateway",
    kind: "client",
    failed: failed.calls,
    children: [ledger],
  };
  return {
    service: "gateway",
    kind: "server",
    name: "POST /accounts",
    outcome: http,
    failed: failed.entry,
    children: [entryCall],
  };
}

/** All went well. */
export const accountCreated: ExpectedTrace = {
  root: throughAll({
    http: "201",
    rpc: "OK",
    failed: { entry: false, calls: false, servers: false },
    asks: "answered",
    inserts: true,
  }),
  error: undefined,
};

/** The caller's fault: an error for those who called, none for those who answered. */
export const unknownCurrency: ExpectedTrace = {
  root: throughAll({
    http: "400",
    rpc: "INVALID_ARGUMENT",
    failed: { entry: false, calls: true, servers: false },
    asks: "no",
    inserts: false,
  }),
  error: undefined,
};

/** A failure, which each service on the way back passes on. */
export const bankDown: ExpectedTrace = {
  root: throughAll({
    http: "503",
    rpc: "UNAVAILABLE",
    failed: { entry: true, calls: true, servers: true },
    asks: "failed",
    inserts: false,
  }),
  error: "bank DOWNBANK is not reachable",
};

/** Nobody waits for the answer any more: cancelled all the way down, and nobody's failure. */
export const clientHungUp: ExpectedTrace = {
  root: throughAll({
    http: "499",
    rpc: "CANCELLED",
    failed: { entry: false, calls: undefined, servers: false },
    asks: "cancelled",
    inserts: false,
  }),
  error: undefined,
};
