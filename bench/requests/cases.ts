import { CONTROL, REFERENCE, VARIANTS, type Variant } from "./variants.ts";

/** What the measured service does with a request. */
export const SHAPES = ["leaf", "chain", "stream"] as const;
export type Shape = (typeof SHAPES)[number];

export const SHAPE_TITLES: Readonly<Record<Shape, string>> = {
  leaf: "leaf: a service that answers by itself",
  chain: "chain: a service that calls another",
  stream: "stream: a service that sends back 1,000 messages a call; figures are per message",
};

/** Shares of the requests that fail, in percent. */
export const FAILING = [0, 1, 10] as const;
export type Failing = (typeof FAILING)[number];

/** Variants that are measured side by side, with the same requests. */
export interface Group {
  readonly shape: Shape;
  readonly failing: Failing;
  readonly variants: readonly Variant[];
}

export interface Choice {
  readonly shapes: readonly Shape[];
  readonly failing: readonly Failing[];
  /** Names; the reference and its control are always in. */
  readonly variants: readonly string[];
}

export const EVERYTHING: Choice = {
  shapes: SHAPES,
  failing: FAILING,
  variants: VARIANTS.map(({ name }) => name),
};

/** What is to be measured of a choice. */
export function groupsOf({ shapes, failing, variants }: Choice): Group[] {
  const chosen = [REFERENCE, CONTROL, ...variants];
  return shapes.flatMap((shape) =>
    failing.flatMap((share) => {
      const group = VARIANTS.filter(
        (variant) => chosen.includes(variant.name) && belongs(variant, shape, share),
      );
      return group.some(({ name }) => name !== REFERENCE && name !== CONTROL)
        ? [{ shape, failing: share, variants: group }]
        : [];
    }),
  );
}

/** Failures matter to those who keep them; a stream's messages do not fail one by one. */
function belongs({ name, sampleRate, peer }: Variant, shape: Shape, failing: Failing): boolean {
  const keepsOrNot = sampleRate !== undefined && peer !== true && !name.endsWith("-metrics");
  if (failing > 0) return shape !== "stream" && (keepsOrNot || name === REFERENCE);
  return !/-(not-keeping|metrics)$/.test(name) || shape !== "stream";
}
