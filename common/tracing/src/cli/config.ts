import type { ExplainedConfig, ExplainedSetting } from "../config/index.ts";
import type { Command } from "./command.ts";
import { printable, styled, write } from "./output.ts";
import { explainHere, SERVICE_OPTIONS, SERVICE_OPTIONS_USAGE } from "./service-options.ts";

const USAGE = `Usage: tracekeep config [options]

Prints every setting of a service that starts in this folder, and where it comes from. Secrets are masked.

${SERVICE_OPTIONS_USAGE}  --json           print one JSON object: { ok, settings: [{ variable, value, source }], faults }

Exit codes: 0 the configuration is right, 1 it has faults, 2 wrong usage.
`;

export const command: Command = {
  summary: "print the configuration, and where each setting comes from",
  usage: USAGE,
  options: { ...SERVICE_OPTIONS, json: { type: "boolean" } },
  async run(values) {
    const explained = explainHere(values);
    const { settings, faults } = explained;
    const ok = faults.length === 0;
    write(values.json === true ? `${JSON.stringify({ ok, settings, faults })}\n` : table(explained));
    return ok ? 0 : 1;
  },
};

function table(explained: ExplainedConfig): string {
  const settings = explained.settings.map((each) => ({ ...each, value: printable(each.value) }));
  const width = (cell: (setting: ExplainedSetting) => string): number =>
    Math.max(...settings.map((setting) => cell(setting).length));
  const widths = [width(({ variable }) => variable), width(({ value }) => value)] as const;
  const rows = settings.map(({ variable, value, source }) => {
    const row = `${variable.padEnd(widths[0])}  ${value.padEnd(widths[1])}  ${source}`;
    return source === "default" ? styled("dim", row) : row;
  });
  const wrong = explained.faults.map(({ name, message }) => styled("red", `✗ ${name} ${printable(message)}`));
  return `${[...rows, ...wrong].join("\n")}\n`;
}
