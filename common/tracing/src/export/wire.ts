import type { HttpResponse, HttpSender } from "../transport/http-sender.ts";
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
}

/** Sends one request. Never rejects. */
export async function post(
  sender: HttpSender,
  body: () => Uint8Array | Promise<Uint8Array>,
  categories: ReadonlySet<string>,
): Promise<Posted> {
  try {
    const answer = await sender.post(await body());
    return { outcome: judgeAnswer(answer, categories), answer };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { outcome: { kind: "retry", reason: code ?? message }, answer: undefined };
  }
}
