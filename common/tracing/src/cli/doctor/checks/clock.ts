import type { Delivery } from "../../probe/deliver.ts";
import { type Finding, fault, notChecked, ok, warning } from "../finding.ts";

const WARN_SECONDS = 5;
const FAULT_SECONDS = 300;
const FIX = "synchronise this machine's clock (NTP)";

/** How far this machine's clock is from the server's; the server gives whole seconds. */
export function checkClock(name: string, { answer, at }: Delivery): Finding {
  // It is cut to whole seconds: their middle is the best guess.
  const theirs = Date.parse(answer?.headers.date ?? "") + 500;
  if (Number.isNaN(theirs)) return notChecked(name, "the answer has no Date");
  const ahead = Math.round((at - theirs) / 1_000);
  const off = Math.abs(ahead);
  if (off <= WARN_SECONDS) return ok(name, "agrees with the server's");
  const what = `this machine's clock is ${inWords(off)} ${ahead > 0 ? "ahead of" : "behind"} the server's`;
  return off > FAULT_SECONDS
    ? fault(name, `${what}: traces stand at the wrong time, or are refused`, FIX)
    : warning(name, `${what}: spans of several machines do not line up`, FIX);
}

function inWords(seconds: number): string {
  const units = [
    [86_400, "days"],
    [3_600, "hours"],
    [60, "minutes"],
  ] as const;
  const [size, unit] = units.find(([each]) => Math.round(seconds / each) >= 2) ?? [1, "seconds"];
  return `${Math.round(seconds / size)} ${unit}`;
}
