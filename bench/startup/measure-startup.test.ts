import { expect, test } from "vitest";
import { parseOptions } from "../options.ts";
import { measureStartup } from "./measure-startup.ts";

test("each variant is started as often as the others, and tracing is part of its start", async () => {
  const options = parseOptions(["startup", "--sources", "--variants", "tracekeep-1"]);
  const { starts } = await measureStartup(options, () => {}, 2);
  const variants = ["untraced", "untraced-again", "tracekeep-1"];
  expect(starts.map(({ variant }) => variant)).toEqual([...variants, ...variants]);
  for (const { startMs, instrumentMs, rss } of starts) {
    expect(instrumentMs).toBeGreaterThan(0);
    expect(instrumentMs).toBeLessThan(startMs);
    expect(rss).toBeGreaterThan(10);
  }
  const [untraced, , traced] = starts;
  expect(traced?.instrumentMs).toBeGreaterThan(untraced?.instrumentMs ?? Number.NaN);
});
