import { cpSync, mkdirSync, statSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import type { Stage, Step } from "./dockerfile.ts";
import { run } from "./sandbox.ts";

type Values = Readonly<Record<string, string>>;

/** What a build makes: files, and how they are run. */
export interface Image {
  /** The folder of the files, as they lie in the image. */
  readonly layer: string;
  readonly workdir: string;
  readonly env: Values;
  readonly labels: Values;
  readonly user: string;
  readonly command: readonly string[];
}

export interface BuildOptions {
  readonly stages: readonly Stage[];
  readonly args: Values;
  /** The folder that COPY takes from. */
  readonly context: string;
  /** An empty folder for the files of all stages. */
  readonly scratch: string;
}

/** What npm has to know of this machine; not what it tells the scripts that it runs. */
const OF_MACHINE = /^(?:HOME|NODE_EXTRA_CA_CERTS|\w+_PROXY|npm_config_(?:registry|cafile|userconfig))$/i;
const machine = Object.fromEntries(
  Object.entries(process.env).flatMap(([name, value = ""]) => (OF_MACHINE.test(name) ? [[name, value]] : [])),
);

/**
 * Carries out a Dockerfile's instructions up to the end of the stage `target`, with this machine as the base image.
 * @throws Error with what a command wrote that failed
 */
export function buildImage(target: string, options: BuildOptions): Image {
  const built = new Map<string, Image>();
  const build = (name: string): Image => {
    const stage = options.stages.find((candidate) => candidate.name === name);
    if (stage === undefined) return baseImage(join(options.scratch, "machine"));
    const image = built.get(name) ?? buildStage(stage, build, options);
    built.set(name, image);
    return image;
  };
  return build(target);
}

function baseImage(layer: string): Image {
  mkdirSync(layer, { recursive: true });
  return { layer, workdir: "/", env: {}, labels: {}, user: "0:0", command: [] };
}

function buildStage(stage: Stage, build: (name: string) => Image, options: BuildOptions): Image {
  const base = build(stage.from);
  const layer = join(options.scratch, stage.name);
  cpSync(base.layer, layer, { recursive: true, verbatimSymlinks: true });
  let image: Image = { ...base, layer };
  let args: Values = {};
  for (const step of stage.steps) {
    if (step.kind === "ARG") args = { ...args, [step.value]: options.args[step.value] ?? "" };
    else if (step.kind === "COPY")
      copy(step, image, args, step.from === undefined ? options.context : build(step.from).layer);
    else image = after(step, image, args);
  }
  return image;
}

function copy({ paths }: Step & { kind: "COPY" }, image: Image, args: Values, source: string): void {
  const [to = "", ...from] = paths.map((path) => expand(path, args)).reverse();
  const target = join(image.layer, isAbsolute(to) ? "" : image.workdir, to);
  for (const path of from) {
    const file = join(source, path);
    // The contents of a folder are copied, a file into a folder that ends in a slash.
    const place = statSync(file).isFile() && to.endsWith("/") ? join(target, basename(path)) : target;
    cpSync(file, place, { recursive: true, verbatimSymlinks: true });
  }
}

function after(step: Exclude<Step, { kind: "ARG" | "COPY" }>, image: Image, args: Values): Image {
  switch (step.kind) {
    case "RUN": {
      const command = typeof step.command === "string" ? ["/bin/sh", "-c", step.command] : step.command;
      run({ ...image, env: { ...machine, ...args, ...image.env } }, command);
      return image;
    }
    case "ENV":
      return { ...image, env: { ...image.env, ...expandAll(step.values, args) } };
    case "LABEL":
      return { ...image, labels: { ...image.labels, ...expandAll(step.values, args) } };
    case "USER":
      return { ...image, user: step.value };
    case "WORKDIR": {
      const workdir = join(isAbsolute(step.value) ? "" : image.workdir, expand(step.value, args));
      mkdirSync(join(image.layer, workdir), { recursive: true });
      return { ...image, workdir };
    }
    case "ENTRYPOINT":
      return { ...image, command: execForm(step.command) };
    case "CMD":
      return { ...image, command: [...image.command, ...execForm(step.command)] };
    default:
      return image;
  }
}

function execForm(command: string | readonly string[]): readonly string[] {
  if (typeof command !== "string") return command;
  throw new Error(`${command}: write it as a JSON array, so that no shell stands before the service`);
}

function expandAll(values: Values, args: Values): Values {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, expand(value, args)]));
}

/** `$NAME` and `${NAME}` */
function expand(text: string, args: Values): string {
  return text.replace(/\$\{?(\w+)\}?/g, (_, name: string) => args[name] ?? "");
}
