import { expect, test } from "vitest";
import { peersAreInstalled } from "../peers.ts";
import { startLoad } from "../processes/start.ts";
import type { Failing, Shape } from "./cases.ts";
import { type Measurement, Subject } from "./subject.ts";
import { REFERENCE, VARIANTS, type Variant } from "./variants.ts";

/** The peers are tested where `npm run bench` has installed them. */
const HERE = VARIANTS.filter(({ peer }) => peer !== true || peersAreInstalled());
const variantNamed = (name: string): Variant => {
  const found = VARIANTS.find((variant) => variant.name === name);
  if (found === undefined) throw new Error(`There is no variant ${name}.`);
  return found;
};

interface Tiny {
  readonly shape?: Shape;
  readonly failing?: Failing;
  readonly seconds?: number;
}

async function tiny(
  variant: Variant,
  { shape = "leaf", failing = 0, seconds = 0.3 }: Tiny = {},
): Promise<Measurement> {
  await using load = await startLoad();
  const settings = { sources: true, profile: undefined };
  await using subject = await Subject.start(load, { ...settings, shape, failing, variant });
  return await subject.measure(seconds);
}

test.each(HERE)(
  "$title starts, and traces as many requests as it says",
  async (variant) => {
    const all = variant.sampleRate === undefined ? variant : { ...variant, sampleRate: 1 };
    // In the chain the server's span and the client's; those of the service below go elsewhere.
    for (const [shape, spans] of [
      ["leaf", 1],
      ["chain", 2],
    ] as const) {
      const { spansPerRequest, bytesPerRequest } = (await tiny(all, { shape })).figures;
      if (variant.sampleRate === undefined) expect([spansPerRequest, bytesPerRequest]).toEqual([0, 0]);
      else {
        expect(spansPerRequest).toBeLessThan(spans + 0.05);
        // Of so many, Sentry's SDK does not get all away.
        expect(spansPerRequest).toBeGreaterThan(variant.name.startsWith("sentry") ? 0 : spans - 0.05);
      }
    }
  },
  60_000,
);

test("with failures kept the spans of failed requests arrive although none is sampled", async () => {
  const none = { ...variantNamed("tracekeep-1"), sampleRate: 0 };
  const keeping = (await tiny(none, { failing: 10 })).figures;
  expect(keeping.spansPerRequest).toBeGreaterThan(0);
  expect(keeping.spansPerRequest).toBeLessThan(0.2);
  // The rest tells of the errors, with spans or without.
  expect(keeping.bytesPerRequest).toBeGreaterThan(keeping.spanBytesPerRequest);
  expect(keeping.spanBytesPerRequest).toBeGreaterThan(0);
  const env = { TRACE_KEEP_ERRORS: "false" };
  const notKeeping = (await tiny({ ...none, env }, { failing: 10 })).figures;
  expect(notKeeping).toMatchObject({ spansPerRequest: 0, spanBytesPerRequest: 0 });
  expect(notKeeping.bytesPerRequest).toBeGreaterThan(0);
});

test("a streaming call counts as the thousand messages that come back", async () => {
  const [stream, leaf] = [
    await tiny(variantNamed(REFERENCE), { shape: "stream" }),
    await tiny(variantNamed(REFERENCE)),
  ];
  expect(stream.figures.requestsPerSecond).toBeGreaterThan(leaf.figures.requestsPerSecond);
  expect(stream.figures.cpuPerRequest).toBeLessThan(leaf.figures.cpuPerRequest);
});

test("a variant of which nothing arrives is refused", async () => {
  const silent = { ...variantNamed(REFERENCE), title: "Silent", sampleRate: 1 };
  await expect(tiny(silent)).rejects.toThrow(/^Silent: no span arrived of \d+ calls, of which 100 %/);
});

test("what a variant writes when it cannot start is shown", async () => {
  const broken = { ...variantNamed("tracekeep-1"), env: { TRACE_SAMPLE_RATE: "2" } };
  await expect(tiny(broken)).rejects.toThrow(/The tracekeep-1 service process ended[\s\S]*TRACE_SAMPLE_RATE/);
});
