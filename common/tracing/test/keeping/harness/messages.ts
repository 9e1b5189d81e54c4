import type { TracingStats } from "../../../src/tracing.ts";
import type { Plan, Route } from "./plan.ts";

/** What a test asks of a service's process. */
export type Order =
  | { readonly do: "routes"; readonly routes: Readonly<Record<string, Route>> }
  /** Runs a plan below an entry that is not gRPC. */
  | { readonly do: "job"; readonly plan: Plan; readonly headers: Record<string, string> }
  /** The same, and shuts tracing down as soon as it has failed. */
  | { readonly do: "last job"; readonly plan: Plan; readonly limitMs: number }
  | { readonly do: "release"; readonly hold: string }
  | { readonly do: "flush" }
  | { readonly do: "look" };

/** What the process answers. */
export interface Reply {
  readonly traceId?: string;
  readonly error?: string;
  readonly stats?: TracingStats;
  /** After a garbage collection, where there is one. */
  readonly heapBytes?: number;
  /** How long the shutdown took. */
  readonly shutdownMs?: number;
  /** What the other processes of the same service answer. */
  readonly others?: readonly Reply[];
}

export type ToService = "stop" | (Order & { readonly id: number });

export type FromService =
  | { readonly port: number }
  | { readonly held: string }
  | { readonly id: number; readonly reply: Reply };
