import { startChild } from "../processes/child.ts";
import type { MethodsQuestion, MethodsReply } from "../processes/many-methods.ts";
import type { LoopQuestion, LoopReply } from "../processes/spans-loop.ts";
import { PUBLISHED } from "../published.ts";

const LOOP = new URL("../processes/spans-loop.ts", import.meta.url);
const METHODS = new URL("../processes/many-methods.ts", import.meta.url);
const KIB = 1_024;
const MIB = 1_024 * KIB;
const DEFAULT_RING = 16 * MIB;
const SPANS_A_REQUEST = 2;
/** Requests at a time, until the record is full. */
const FILLING = 10_000;

/** Something that may grow while a service runs, and what a request costs at each size. */
export interface Dimension {
  readonly name: "live" | "record" | "methods";
  readonly title: string;
  /** The first is what the others are compared with. */
  readonly sizes: readonly number[];
  /** In microseconds of processor time. */
  measure(
    size: number,
    settings: { readonly requests: number; readonly dsn: string; readonly sources: boolean },
  ): Promise<number>;
}

type Settings = Parameters<Dimension["measure"]>[1];

export const DIMENSIONS: readonly Dimension[] = [
  {
    name: "live",
    title: "requests under way",
    sizes: [1, 100, 10_000, 100_000],
    measure: (live, settings) => measureLoop({ live, recordBytes: DEFAULT_RING }, settings),
  },
  {
    name: "record",
    title: "bytes of the flight record",
    sizes: [64 * KIB, MIB, DEFAULT_RING, 256 * MIB],
    measure: (recordBytes, settings) => measureLoop({ live: 1, recordBytes }, settings),
  },
  { name: "methods", title: "methods of the service", sizes: [1, 10, 100, 1_000], measure: measureMethods },
];

/** With a record that is full, as it is for nearly all of a service's life. */
async function measureLoop(
  { live, recordBytes }: { readonly live: number; readonly recordBytes: number },
  { requests, dsn, sources }: Settings,
): Promise<number> {
  await using loop = await startChild<object>(LOOP, {
    name: "spans",
    env: { SENTRY_DSN: dsn, TRACE_RECORDER_BYTES: String(recordBytes) },
    execArgv: sources ? [] : PUBLISHED,
  });
  const ask = (count: number) => loop.ask<LoopReply>({ requests: count, live } satisfies LoopQuestion);
  // Once for the compiler at least.
  let reply = await ask(requests);
  while (reply.evicted === 0) reply = await ask(Math.max(requests, FILLING));
  reply = await ask(requests);
  if (reply.open < live) throw new Error(`${reply.open} requests are under way instead of ${live}.`);
  if (reply.evicted < requests / SPANS_A_REQUEST) throw new Error("The record was not full.");
  return reply.cpu / requests;
}

async function measureMethods(methods: number, { requests, dsn, sources }: Settings): Promise<number> {
  await using service = await startChild<object>(METHODS, {
    name: "methods",
    args: [String(methods)],
    env: { SENTRY_DSN: dsn },
    execArgv: sources ? [] : PUBLISHED,
  });
  // Real calls cost fifty times as much as their spans alone.
  const question: MethodsQuestion = { requests: Math.ceil(requests / 10) };
  await service.ask<MethodsReply>({ ...question });
  const { cpu, spans } = await service.ask<MethodsReply>({ ...question });
  if (spans !== SPANS_A_REQUEST * question.requests)
    throw new Error(`${spans} spans for ${question.requests} calls.`);
  return cpu / question.requests;
}
