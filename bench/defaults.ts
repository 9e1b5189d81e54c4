import type { Choice } from "./requests/cases.ts";

export const FULL = { rounds: 6, turns: 3, seconds: 1.5, warmupSeconds: 8 };
// Code is compiled during the first 20,000 to 40,000 requests: a shorter warm-up would measure the compiler.
export const QUICK = { rounds: 3, turns: 3, seconds: 1, warmupSeconds: 4 };
export const QUICK_CHOICE: Choice = {
  shapes: ["leaf", "chain"],
  failing: [0],
  variants: ["tracekeep-1", "tracekeep-100"],
};
export const REQUESTS = 5_000_000;
