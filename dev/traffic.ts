import { randomUUID } from "node:crypto";
import { Interrupted, interruptible, throwIfInterrupted } from "../demo/interruption.ts";
import { sendLoad } from "../demo/load.ts";
import { run } from "../demo/request.ts";
import { type Step, scenario } from "../demo/scenario.ts";
import { bad, bold, dim, say } from "../demo/text.ts";

const LOAD = { requests: 200, failures: 2 };
const NO_TRACE = "tracing is off: no trace";

/** Sends the demo's requests to the gateway, one kind after the other, and says where their traces are shown. */
export class Traffic {
  readonly #gateway: string;
  readonly #traceUrl: (traceId: string) => string;
  #last = Promise.resolve();
  /** As the latest answer showed: one that a client does not wait for shows nothing. */
  #isTraced = true;

  constructor(gateway: string, traceUrl: (traceId: string) => string) {
    this.#gateway = gateway;
    this.#traceUrl = traceUrl;
  }

  /** Does this when all that was added before is done. What goes wrong is said. */
  add(kind: "round" | "fail" | "load"): void {
    this.#last = this.#last.then(async () => {
      try {
        throwIfInterrupted();
        await interruptible(this[kind]());
      } catch (error) {
        if (!(error instanceof Interrupted)) say(bad(reasonOf(error)));
      }
    });
  }

  /** One request of each kind. */
  private async round(): Promise<void> {
    for (const step of scenario) await this.#send(step);
  }

  /** The request whose trace fails. */
  private async fail(): Promise<void> {
    for (const step of scenario) if (step.expected.error !== undefined) await this.#send(step);
  }

  private async load(): Promise<void> {
    say(dim(`${LOAD.requests} requests, of which ${LOAD.failures} fail …`));
    const { failedTraceIds, seconds } = await sendLoad(this.#gateway, LOAD);
    say(bold(`${LOAD.requests} requests were answered in ${seconds.toFixed(1)} s.`));
    if (failedTraceIds.includes("")) say(NO_TRACE);
    else for (const traceId of failedTraceIds) say(`Failed: ${this.#traceUrl(traceId)}`);
  }

  async #send(step: Step): Promise<void> {
    say(bold(step.title));
    if (step.prepare) say(dim(await step.prepare(this.#gateway)));
    const { traceId, story, problem } = await run(withNewKey(step), this.#gateway);
    say(story);
    if (problem) say(bad(problem));
    if (!("hangUpAfterMs" in step.ends)) this.#isTraced = traceId !== undefined;
    say(traceId !== undefined && this.#isTraced ? `Trace: ${this.#traceUrl(traceId)}` : NO_TRACE);
  }
}

/** The same request in every round would be answered with what the first one did. */
function withNewKey(step: Step): Step {
  return step.headers ? { ...step, headers: { ...step.headers, "idempotency-key": randomUUID() } } : step;
}

/** Of a request that reached nobody the cause tells more. */
function reasonOf(error: unknown): string {
  const { message, cause } = error instanceof Error ? error : { message: String(error), cause: undefined };
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}
