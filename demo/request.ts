import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { inWords, paymentsIn } from "./answer-text.ts";
import type { Ending, Step } from "./scenario.ts";

/** How a step went. */
export interface StepResult {
  /** Undefined if the answer names none: the gateway traces nothing. */
  readonly traceId: string | undefined;
  /** What happened, in words. */
  readonly story: string;
  /** What is not as it should be; undefined if all is well. */
  readonly problem: string | undefined;
}

/** Sends a request, with further headers, and gives it up when the signal fires. */
type Send = (headers?: Record<string, string>, signal?: AbortSignal) => Promise<Response>;

/** Sends a step's request to the gateway. */
export async function run(step: Step, gateway: string): Promise<StepResult> {
  const send: Send = (headers, signal) =>
    fetch(`${gateway}${step.path}`, {
      method: "POST",
      body: JSON.stringify(step.body),
      headers: { "content-type": "application/json", ...step.headers, ...headers },
      ...(signal && { signal }),
    });
  const { ends, what } = step;
  const result = await ("status" in ends ? untilAnswered(send, ends.status) : untilLeft(send, ends));
  return { ...result, story: `${what}: ${result.story}` };
}

/** `run` where tracing is on: rejects if the answer names no trace. */
export async function runTraced(
  step: Step,
  gateway: string,
): Promise<StepResult & { readonly traceId: string }> {
  const { traceId, ...result } = await run(step, gateway);
  if (traceId === undefined) throw new Error(`no x-trace-id header in the answer to ${result.story}`);
  return { traceId, ...result };
}

async function untilAnswered(send: Send, status: number): Promise<StepResult> {
  const answer = await send();
  const text = await answer.text();
  const traceId = traceIdOf(answer);
  const problem =
    answer.status === status ? undefined : `expected ${status}, the answer is ${answer.status} ${text}`;
  return { traceId, story: inWords(answer.status, text), problem };
}

async function untilLeft(send: Send, ends: Exclude<Ending, { status: number }>): Promise<StepResult> {
  // The client may be gone before an answer names the trace, so it chooses the id.
  const traceId = randomBytes(16).toString("hex");
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString("hex")}-01` };
  if ("hangUpAfterMs" in ends) {
    const answer = await send(headers, AbortSignal.timeout(ends.hangUpAfterMs)).catch(() => undefined);
    const story = `the client hung up after ${ends.hangUpAfterMs} ms, and the work for it was stopped.`;
    const problem = answer && `it was answered with ${answer.status} before the client hung up`;
    return { traceId, story, problem };
  }
  const controller = new AbortController();
  const answer = await send(headers, controller.signal);
  const text = await readPayments(answer, ends.leaveAfterPayments);
  await delay(ends.thenMs);
  controller.abort();
  const count = paymentsIn(text);
  const story = `the client left after ${count} payments, and no other was begun.`;
  const problem =
    count === ends.leaveAfterPayments
      ? undefined
      : `expected ${ends.leaveAfterPayments} payments, the answer is ${answer.status} ${text}`;
  return { traceId: traceIdOf(answer), story, problem };
}

function traceIdOf({ headers }: Response): string | undefined {
  return headers.get("x-trace-id") || undefined;
}

/** What has been answered when it tells so many payments; all of it, if it tells fewer. */
async function readPayments({ body }: Response, count: number): Promise<string> {
  let text = "";
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  while (reader && paymentsIn(text) < count) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
  }
  return text;
}
