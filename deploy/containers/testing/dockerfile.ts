import { readFileSync } from "node:fs";
import { type Copy, DockerfileParser, type Env, type From, type JSONInstruction } from "dockerfile-ast";

/** One instruction, its variables still unexpanded. */
export type Step =
  | { readonly kind: "COPY"; readonly from: string | undefined; readonly paths: readonly string[] }
  | { readonly kind: "RUN" | "ENTRYPOINT" | "CMD"; readonly command: string | readonly string[] }
  | { readonly kind: "ENV" | "LABEL"; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "ARG" | "USER" | "WORKDIR" | "EXPOSE"; readonly value: string };

export interface Stage {
  readonly name: string;
  /** An image, or the name of a stage above. */
  readonly from: string;
  readonly steps: readonly Step[];
}

/**
 * Reads a Dockerfile.
 * @throws Error that quotes the line of an instruction that is not known here
 */
export function readDockerfile(file: string): Stage[] {
  const stages: { name: string; from: string; steps: Step[] }[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(file, "utf8")).getInstructions()) {
    if (instruction.getKeyword() === "FROM") {
      const from = instruction as From;
      stages.push({ name: from.getBuildStage() ?? "", from: from.getImage() ?? "", steps: [] });
    } else stages.at(-1)?.steps.push(stepOf(instruction as JSONInstruction));
  }
  return stages;
}

function stepOf(instruction: JSONInstruction): Step {
  const kind = instruction.getKeyword();
  const words = instruction.getArguments().map((argument) => argument.getValue());
  switch (kind) {
    case "COPY": {
      const from = (instruction as Copy).getFromFlag()?.getValue() ?? undefined;
      return { kind, from, paths: words };
    }
    case "RUN":
    case "ENTRYPOINT":
    case "CMD": {
      const strings = instruction.getJSONStrings().map((string) => string.getJSONValue());
      const text = words.join(" ");
      return { kind, command: strings.length > 0 ? strings : text };
    }
    case "ENV":
    case "LABEL": {
      const properties = (instruction as unknown as Env).getProperties();
      return {
        kind,
        values: Object.fromEntries(properties.map((one) => [one.getName(), one.getValue() ?? ""])),
      };
    }
    case "ARG":
    case "USER":
    case "WORKDIR":
    case "EXPOSE":
      return { kind, value: words.join(" ") };
    default:
      throw new Error(`${instruction.toString()}: add ${kind} to what is read here`);
  }
}
