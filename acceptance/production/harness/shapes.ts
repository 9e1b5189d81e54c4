/** Status of a span that fails, or passes the failure on. */
const DOWN = "2 bank DOWNBANK is not reachable";

const account = (status: string, last: string): string => `below nothing
  gateway server POST /accounts ${status}
    gateway client ledger.v1.LedgerService/CreateAccount ${status}
      ledger server ledger.v1.LedgerService/CreateAccount ${status}
        ledger internal open account ${status}
          ledger client treasury.v1.TreasuryService/ValidateAccount ${status}
            treasury server treasury.v1.TreasuryService/ValidateAccount ${status}
              treasury client SELECT currencies 0
              treasury client SELECT institutions 0
              treasury internal ask institution ${status}${last}`;

const INSERTED = `
          ledger client INSERT accounts 0`;

const payroll = (status: string, last: string): string => `below nothing
  gateway server POST /payroll-runs 0
    gateway client payroll.v1.PayrollService/RunPayroll 0
      payroll server payroll.v1.PayrollService/RunPayroll 0
        payroll client BEGIN 0
        payroll client INSERT runs 0
        payroll client INSERT payments 0
        payroll client COMMIT 0
        payroll client SELECT runs 0
        payroll client SELECT payments 0
        payroll client ledger.v1.LedgerService/BatchGetAccounts 0
          ledger server ledger.v1.LedgerService/BatchGetAccounts 0
            ledger client SELECT accounts 0
        payroll internal pay employee ${status}
          payroll client treasury.v1.TreasuryService/Transfer ${status}
            treasury server treasury.v1.TreasuryService/Transfer ${status}
              treasury client SELECT transfers 0
              treasury client SELECT currencies 0
              treasury client SELECT institutions 0
              treasury internal ask institution 0${last}
        payroll client UPDATE payments 0`;

const REFUSED = `
              treasury client SELECT institutions 0
              treasury internal ask institution ${DOWN}`;

const POSTED = `
              treasury client INSERT transfers 0
          payroll client ledger.v1.LedgerService/PostTransaction 0
            ledger server ledger.v1.LedgerService/PostTransaction 0
              ledger internal post transaction 0
                ledger client BEGIN 0
                ledger client INSERT transactions 0
                ledger client UPDATE accounts 0
                ledger client UPDATE accounts 0
                ledger client INSERT entries 0
                ledger client COMMIT 0`;

/** The whole traces of the requests, as `drawTrace` draws them. */
export const SHAPES = {
  account: { done: account("0", INSERTED), failed: account(DOWN, "") },
  payroll: { done: payroll("0", POSTED), failed: payroll(DOWN, REFUSED) },
} as const;
