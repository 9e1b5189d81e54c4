import type { BenchOptions } from "../options.ts";
import { installPeers } from "../peers.ts";
import { startChild } from "../processes/child.ts";
import type { MicroQuestion, MicroReady, MicroReply } from "../processes/micro.ts";
import { Progress } from "../progress.ts";

const MICRO = new URL("../processes/micro.ts", import.meta.url);
/** Seconds that one operation may take to measure. */
const GUESS = 2;

export interface MicroResult {
  readonly name: string;
  /** In nanoseconds, round by round. */
  readonly nanoseconds: readonly number[];
}

export interface MicroResults {
  readonly operations: readonly MicroResult[];
}

/** What single operations of Tracekeep take, each round in a process of its own. */
export async function measureMicro(
  { rounds }: BenchOptions,
  say: (line: string) => void,
): Promise<MicroResults> {
  await installPeers(say);
  const progress = new Progress(say);
  const found = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    // Keeping is measured, and not the limit to it.
    const env = { TRACE_KEEP_MAX_PER_SECOND: "100000" };
    await using micro = await startChild<MicroReady>(MICRO, {
      name: "micro",
      env,
      execArgv: ["--expose-gc"],
    });
    const { names } = micro.ready;
    for (const [index, name] of names.entries()) {
      progress.next(`${name}, round ${round + 1} of ${rounds}`, {
        done: round * names.length + index,
        of: rounds * names.length,
        guess: GUESS * rounds * names.length,
      });
      const { p50 } = await micro.ask<MicroReply>({ name } satisfies MicroQuestion);
      found.set(name, [...(found.get(name) ?? []), p50]);
    }
  }
  return { operations: [...found].map(([name, nanoseconds]) => ({ name, nanoseconds })) };
}
