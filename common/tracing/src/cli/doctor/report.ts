import { printable, styled } from "../output.ts";
import type { Finding, Verdict } from "./finding.ts";

const SIGNS = { ok: "✓", warning: "!", fault: "✗", "not checked": "-" } as const;
const STYLES = { ok: "green", warning: "yellow", fault: "red", "not checked": "dim" } as const;

/** One line a check, with the fix below where there is one. */
export function asText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const lines = findings.flatMap(({ name, verdict, message, fix }) => [
    `${styled(STYLES[verdict], SIGNS[verdict])} ${name.padEnd(width)}  ${verdict === "not checked" ? "not checked: " : ""}${printable(message)}`,
    ...(fix === undefined ? [] : [`  ${" ".repeat(width)}  → ${fix}`]),
  ]);
  return `${lines.join("\n")}\n${summary(findings)}\n`;
}

export function asJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ ok: isWell(findings), checks: findings })}\n`;
}

/** Nothing stops traces. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ verdict }) => verdict !== "fault");
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Verdict): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  const [faults, warnings] = [count("fault"), count("warning")];
  if (faults + warnings === 0) return "All is well.";
  return `${counted(faults, "fault")}, ${counted(warnings, "warning")}.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
