import { type Finding, fault, ok } from "../finding.ts";
import type { PackageTree } from "./tree.ts";

/** Whether Tracekeep is there, with all that it needs. */
export function checkInstallation({ installed, missing }: PackageTree): Finding[] {
  const gone = missing.filter(({ name, neededBy }) => [name, neededBy].includes("tracekeep"));
  if (gone.length > 0) {
    const names = gone.map(({ name }) => name);
    const needs = gone.map(({ name, neededBy }) => `${name}, which ${neededBy} needs`).join("; ");
    return [fault("tracekeep", `not installed: ${needs}`, `run "npm install ${names.join(" ")}"`)];
  }
  const own = installed.find(({ name }) => name === "tracekeep");
  return own === undefined ? [] : [ok("tracekeep", own.version)];
}
