import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readDockerfile, type Stage } from "./testing/dockerfile.ts";

const ROOT = join(import.meta.dirname, "../..");
const stages = readDockerfile(join(import.meta.dirname, "Dockerfile"));
const stageOf = (name: string | undefined): Stage | undefined => stages.find((stage) => stage.name === name);

/** The stages whose layers the image of a target consists of. */
function shipped(target: string): Stage[] {
  const stage = stageOf(target);
  return stage === undefined ? [] : [stage, ...shipped(stage.from)];
}

test.each(["service", "viewer"])("no layer of the image %s ever had npm's own settings", (target) => {
  const copies = shipped(target).flatMap(({ steps }) => steps.filter((step) => step.kind === "COPY"));
  const whole = copies.filter(({ paths }) =>
    paths.slice(0, -1).some((path) => /^(?:\.|\/app|.*npmrc)$/.test(path)),
  );
  expect(whole).toHaveLength(1);
  // From a stage that has removed them: what a layer had is read from an image even if a later one removes it.
  for (const { from } of whole)
    expect(stageOf(from)?.steps.at(-1)).toEqual({ kind: "RUN", command: ["rm", ".npmrc"] });
});

test("every image is pinned to the Node.js that the project is run by", () => {
  const version = readFileSync(join(ROOT, ".node-version"), "utf8").trim();
  const names = stages.map(({ name }) => name);
  const bases = stages.map(({ from }) => from).filter((from) => !names.includes(from));
  expect(bases).toEqual([`node:${version}-bookworm-slim`]);
});

test("the workflow that builds the images gives all that they take", () => {
  const taken = stages.flatMap(({ steps }) =>
    steps.flatMap((step) => (step.kind === "ARG" ? step.value : [])),
  );
  const workflow = readFileSync(join(ROOT, ".github/workflows/ci.yml"), "utf8");
  expect(taken).toContain("BUILD_COMMIT");
  expect(taken.filter((name) => !workflow.includes(`--build-arg "${name}=`))).toEqual([]);
});
