import type { Kind } from "../../harness/calls.ts";

/** What a service does with a request: its steps, then its answer. Travels in the request's text. */
export interface Plan {
  readonly steps?: readonly Step[];
  /** How the request ends after its steps; default with OK. */
  readonly fail?: {
    readonly code: number;
    readonly details: string;
    /** Only so many attempts of the call fail; default all. */
    readonly attempts?: number;
  };
  /** Messages of a stream, each way that it streams. */
  readonly messages?: number;
}

export type Step =
  | { readonly call: PlannedCall }
  /** At the same time; the first failure counts, and with `cancelOthers` ends the rest. */
  | { readonly all: readonly PlannedCall[]; readonly cancelOthers?: boolean }
  /** Tells the test, and goes on when it says so, or when the request is cancelled. */
  | { readonly hold: string }
  | { readonly delayMs: number }
  | { readonly keep: string }
  | { readonly span: string; readonly steps: readonly Step[] }
  /** Done whatever becomes of the request, which does not wait for it. */
  | { readonly aside: readonly Step[] }
  /** Kills the own process. */
  | { readonly kill: true };

export interface PlannedCall {
  readonly to: string;
  readonly plan?: Plan;
  readonly kind?: Kind;
  /** A failure is no failure of the caller's. */
  readonly swallow?: boolean;
  /** From now, in milliseconds; default the caller's own deadline. */
  readonly deadlineMs?: number;
  /** The call ends where the caller's request does. */
  readonly withParent?: boolean;
  /** Gives the call an `interceptors` option of its own. */
  readonly interceptors?: boolean;
  /** The value of an `authorization` header: by call credentials, or as metadata. */
  readonly authorization?: { readonly by: "credentials" | "metadata"; readonly value: string };
  /** The client is closed after the call. */
  readonly thenClose?: boolean;
  /** Which of the service's clients for that callee; default 0. */
  readonly client?: number;
}

/** How a service reaches another one. */
export interface Route {
  readonly address: string;
  /** Options of the client's channel. */
  readonly options?: Readonly<Record<string, string | number>>;
}

/** A step that calls a service. */
export function call(to: string, plan: Plan = {}, rest: Omit<PlannedCall, "to" | "plan"> = {}): Step {
  return { call: planned(to, plan, rest) };
}

export function planned(
  to: string,
  plan: Plan = {},
  rest: Omit<PlannedCall, "to" | "plan"> = {},
): PlannedCall {
  return { to, plan, ...rest };
}

/** The answer of a service that breaks. */
export const BROKEN: Plan = { fail: { code: 13, details: "the books do not balance" } };
