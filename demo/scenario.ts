import { randomBytes } from "node:crypto";
import { accountCreated, bankDown, clientGone, type ExpectedTrace, unknownCurrency } from "./expectations.ts";
import { stringAt } from "./json-text.ts";

/** One request of the scenario. */
export interface Step {
  readonly title: string;
  readonly account: { readonly name: string; readonly currency: string; readonly institution: string };
  /** HTTP status that the answer must have, or how long the client waits before it hangs up, in milliseconds. */
  readonly ends: { readonly status: number } | { readonly hangUpAfterMs: number };
  readonly expected: ExpectedTrace;
}

/** How a step went. */
export interface StepResult {
  readonly traceId: string;
  /** What happened, in words. */
  readonly story: string;
  /** What is not as it should be; undefined if all is well. */
  readonly problem: string | undefined;
}

/** What the demo does, in order. */
export const scenario: readonly Step[] = [
  {
    title: "An account is opened",
    account: { name: "Ada Lovelace", currency: "EUR", institution: "NORDBANK" },
    ends: { status: 201 },
    expected: accountCreated,
  },
  {
    title: "The currency is unknown",
    account: { name: "Grace Hopper", currency: "XXX", institution: "NORDBANK" },
    ends: { status: 400 },
    expected: unknownCurrency,
  },
  {
    title: "The bank is down",
    account: { name: "Alan Turing", currency: "EUR", institution: "DOWNBANK" },
    ends: { status: 503 },
    expected: bankDown,
  },
  {
    title: "The bank is slow and the client hangs up",
    account: { name: "Barbara Liskov", currency: "EUR", institution: "SLOWBANK" },
    ends: { hangUpAfterMs: 200 },
    expected: clientGone,
  },
];

/** Sends a step's request to the gateway. */
export async function run({ account, ends }: Step, gateway: string): Promise<StepResult> {
  const url = `${gateway}/accounts`;
  const request = { method: "POST", body: JSON.stringify(account) };
  const headers = { "content-type": "application/json" };
  const what = `POST /accounts with ${account.currency} at ${account.institution}`;
  if ("hangUpAfterMs" in ends) {
    // No answer will name the trace, so the client chooses its id.
    const traceId = randomBytes(16).toString("hex");
    const traceparent = `00-${traceId}-${randomBytes(8).toString("hex")}-01`;
    const signal = AbortSignal.timeout(ends.hangUpAfterMs);
    const answer = await fetch(url, { ...request, headers: { ...headers, traceparent }, signal }).catch(
      () => undefined,
    );
    const story = `${what}: the client hung up after ${ends.hangUpAfterMs} ms, and the work for it was stopped.`;
    return {
      traceId,
      story,
      problem: answer && `it was answered with ${answer.status} before the client hung up`,
    };
  }
  const answer = await fetch(url, { ...request, headers });
  const text = await answer.text();
  const traceId = answer.headers.get("x-trace-id");
  if (!traceId) throw new Error(`the gateway's answer ${answer.status} has no x-trace-id header: ${text}`);
  const problem =
    answer.status === ends.status
      ? undefined
      : `expected ${ends.status}, the answer is ${answer.status} ${text}`;
  return { traceId, story: `${what}: ${inWords(answer.status, text)}`, problem };
}

function inWords(status: number, text: string): string {
  const message = stringAt(text, "error", "message");
  if (message !== undefined) return `answered ${status}, ${stringAt(text, "error", "code")}: ${message}.`;
  const id = stringAt(text, "id");
  return id === undefined ? `answered ${status}.` : `answered ${status}, account ${id} is open.`;
}
