import type { HttpResponse } from "../transport/http/response-reader.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import { faultOfError, faultOfStatus, type RequestFault } from "../transport/request-fault.ts";
import { judgeAnswer, type Outcome } from "./outcome.ts";
import type { Outgoing } from "./outgoing.ts";

/** How a destination wants what is sent. */
export interface Wire<T extends Outgoing> {
  /** One request's body, before compression. */
  encode(items: readonly T[]): Uint8Array;
  /** How many items one request may hold. */
  readonly mostItems: number;
  /** Sentry's names of what is sent, for its rate limits. */
  readonly categories: ReadonlySet<string>;
}

/** What came of a request. */
export interface Posted {
  readonly outcome: Outcome;
  /** Undefined if there was none. */
  readonly answer: HttpResponse | undefined;
  /** Undefined if it was accepted. */
  readonly fault: RequestFault | undefined;
  /** Of the body as it went out; 0 if there was none. */
  readonly bytes: number;
  readonly seconds: number;
}

/** Sends one request. Never rejects. */
export async function post(
  sender: HttpSender,
  body: () => Uint8Array | Promise<Uint8Array>,
  categories: ReadonlySet<string>,
): Promise<Posted> {
  const from = performance.now();
  let bytes = 0;
  const posted = (outcome: Outcome, answer: HttpResponse | undefined, fault: RequestFault): Posted => ({
    outcome,
    answer,
    fault: outcome.kind === "accepted" ? undefined : fault,
    bytes,
    seconds: (performance.now() - from) / 1_000,
  });
  try {
    const content = await body();
    bytes = content.length;
    const answer = await sender.post(content);
    return posted(judgeAnswer(answer, categories), answer, faultOfStatus(answer.status));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return posted({ kind: "retry", reason: code ?? message }, undefined, faultOfError(error));
  }
}
