import { problemsOf } from "../../demo/check.ts";
import { type Step, scenario } from "../../demo/scenario.ts";
import { type DevProcess, startDev } from "../../dev/testing/dev-process.ts";

export { copyTree } from "../../dev/testing/copied-tree.ts";
export { type DevProcess, startDev };

/** Sends the demo's failing request, as the developer does by a key; resolves to the link that is printed. */
export async function failOnce(dev: DevProcess): Promise<{ url: string; traceId: string }> {
  const since = dev.output.length;
  dev.type("f");
  const [, url = "", traceId = ""] = await dev.says(/^Trace: (\S+\/trace\/([0-9a-f]{32}))$/m, since);
  return { url, traceId };
}

/** What the demo expects of its failing request's trace. */
export const bankDown = (() => {
  const step = scenario.find(({ expected }) => expected.error !== undefined) as Step;
  return { ...step.expected, error: undefined };
})();

export const isWhole = (trace: Parameters<typeof problemsOf>[0]): boolean =>
  problemsOf(trace, [], bankDown).length === 0;
