import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { microCases } from "../micro/cases.ts";
import { answerParent, tellParent } from "./conversation.ts";
import { startTracekeep } from "./tracekeep.ts";

/** Told at the start: what can be asked for. */
export interface MicroReady {
  readonly names: readonly string[];
}

export interface MicroQuestion {
  readonly name: string;
}

/** In nanoseconds a run. */
export interface MicroReply {
  readonly p50: number;
  readonly p99: number;
}

/** The part of mitata that is used. */
interface Mitata {
  measure(run: () => unknown): Promise<MicroReply>;
  do_not_optimize(value: unknown): void;
}

// mitata comes with the packages of peers/, since nothing else needs it.
const mitataFile = createRequire(new URL("../peers/package.json", import.meta.url)).resolve("mitata");
const { measure, do_not_optimize }: Mitata = await import(pathToFileURL(mitataFile).href);

const cases = microCases(startTracekeep());
tellParent({ names: cases.map(({ name }) => name) } satisfies MicroReady);
answerParent<MicroQuestion>(async ({ name }) => {
  const found = cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no case named ${name}.`);
  const { p50, p99 } = await measure(() => do_not_optimize(found.run()));
  return { p50, p99 } satisfies MicroReply;
});
