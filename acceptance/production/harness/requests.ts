import { setTimeout as delay } from "node:timers/promises";
import { PERSONAL } from "../../secrets/harness/planted.ts";

/** What a request is to do: open an account, or pay one employee. It fails at the treasury, if the bank is down. */
export interface Plan {
  readonly kind: "account" | "payroll";
  readonly fails: boolean;
}

/** A request that was made. */
export interface Made extends Plan {
  /** Empty if there was no answer. */
  readonly traceId: string;
  /** What happened instead of what was planned. */
  readonly wrong: string | undefined;
}

const FUNDS = "funds";
const EMPLOYEE = "employee";
const OK = { kind: "account", fails: false } as const;

/** One in ten pays somebody; of a hundred two fail, one of each kind. */
const planOf = (index: number): Plan => ({
  kind: index % 10 === 5 ? "payroll" : "account",
  fails: index % 100 === 5 || index % 100 === 50,
});

/** Makes requests, the same each time, and remembers what became of each. */
export class Caller {
  readonly made: Made[] = [];
  readonly #nextGateway: () => string;
  #payments = 0;

  /** @param nextGateway where the next request goes, `HOST:PORT` */
  constructor(nextGateway: () => string) {
    this.#nextGateway = nextGateway;
  }

  /** Opens the accounts that payments go between. */
  async prepare(): Promise<void> {
    await this.#make(OK, { id: FUNDS, kind: "internal" });
    await this.#make(OK, { id: EMPLOYEE });
  }

  /** Makes `count` requests, so many at a time. */
  async make(count: number, atATime: number): Promise<void> {
    const plans = Array.from({ length: count }, (_, index) => planOf(index)).values();
    const work = async () => {
      for (const plan of plans) await this.#make(plan);
    };
    await Promise.all(Array.from({ length: atATime }, work));
  }

  /**
   * Makes requests at a fixed rate, whether or not the earlier ones have been answered, until the work is done. The
   * payments among them succeed: see `failTwice`.
   */
  async makeDuring<Result>(perSecond: number, work: Promise<Result>): Promise<Result> {
    let working = true;
    const done = work.finally(() => {
      working = false;
    });
    // It is awaited below, and may fail before.
    done.catch(() => {});
    const started = performance.now();
    const sent: Promise<void>[] = [];
    while (working) {
      const plan = planOf(sent.length);
      sent.push(this.#make({ ...plan, fails: plan.fails && plan.kind === "account" }));
      await delay(Math.max(0, started + (1_000 * sent.length) / perSecond - performance.now()));
    }
    await Promise.all(sent);
    return done;
  }

  /** One request of each kind, both of which fail. */
  async failTwice(): Promise<void> {
    await Promise.all([
      this.#make({ kind: "account", fails: true }),
      this.#make({ kind: "payroll", fails: true }),
    ]);
  }

  async #make(plan: Plan, account: Readonly<Record<string, string>> = {}): Promise<void> {
    const bank = plan.fails ? "DOWNBANK" : "NORDBANK";
    const send = plan.kind === "account" ? this.#openAccount(bank, account) : this.#pay(bank);
    const outcome = await send.then(
      ({ traceId, succeeded, answer }) => ({
        traceId,
        wrong: succeeded === plan.fails || traceId === "" ? answer : undefined,
      }),
      (error: Error) => ({ traceId: "", wrong: `${error.message}: ${error.cause}` }),
    );
    this.made.push({ ...plan, ...outcome });
  }

  async #openAccount(institution: string, account: Readonly<Record<string, string>>) {
    const answer = await this.#post("/accounts", {
      name: PERSONAL.holder,
      currency: "EUR",
      institution,
      ...account,
    });
    return { ...answer, succeeded: answer.status === 201 };
  }

  async #pay(institution: string) {
    const employee = { employeeId: EMPLOYEE, accountId: EMPLOYEE, institution, amount: 1 };
    const run = {
      currency: "EUR",
      fundingAccountId: FUNDS,
      fundingInstitution: "NORDBANK",
      employees: [employee],
    };
    const answer = await this.#post("/payroll-runs", run, { "idempotency-key": `run ${++this.#payments}` });
    return { ...answer, succeeded: answer.answer.includes('"status":"PAID"') };
  }

  async #post(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
    const response = await fetch(`http://${this.#nextGateway()}${path}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers: {
        "content-type": "application/json",
        authorization: `Bearer ${PERSONAL.bearer}`,
        cookie: `session=${PERSONAL.cookie}`,
        ...headers,
      },
    });
    const traceId = response.headers.get("x-trace-id") ?? "";
    return { status: response.status, traceId, answer: `${response.status} ${await response.text()}` };
  }
}
