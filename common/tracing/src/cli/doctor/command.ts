import type { ExplainedConfig } from "../../config/index.ts";
import { TracekeepError } from "../../tracekeep-error.ts";
import type { Command, OptionValues } from "../command.ts";
import { write } from "../output.ts";
import { explainHere, SERVICE_OPTIONS, SERVICE_OPTIONS_USAGE } from "../service-options.ts";
import { examine } from "./examine.ts";
import { type Finding, fault } from "./finding.ts";
import { asJson, asText, isWell } from "./report.ts";

const USAGE = `Usage: tracekeep doctor [options]

Reads the configuration as a service that starts in this folder would, and checks everything between that and a trace
that arrives. It sends one harmless test trace to each destination.

${SERVICE_OPTIONS_USAGE}  --json           print one JSON object: { ok, checks: [{ name, verdict, message, fix }] }

Exit codes: 0 all is well, or there are warnings only; 1 a fault; 2 wrong usage.
`;

export const command: Command = {
  summary: "find out why traces do not arrive",
  usage: USAGE,
  options: { ...SERVICE_OPTIONS, json: { type: "boolean" } },
  async run(values) {
    const explained = explain(values);
    const findings = "settings" in explained ? await examine(explained, process.cwd()) : [explained];
    write(values.json === true ? asJson(findings) : asText(findings));
    return isWell(findings) ? 0 : 1;
  },
};

function explain(values: OptionValues): ExplainedConfig | Finding {
  try {
    return explainHere(values);
  } catch (error) {
    if (!(error instanceof TracekeepError)) throw error;
    return fault("configuration", error.message, "correct the file, or give another one with --env-file");
  }
}
