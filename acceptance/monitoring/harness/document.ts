import { readFileSync } from "node:fs";
import { join } from "node:path";

const text = readFileSync(join(import.meta.dirname, "../../../docs/MONITORING.md"), "utf8");

export interface DocumentedMetric {
  /** As Prometheus has it. */
  readonly name: string;
  readonly kind: string;
  readonly unit: string;
}

/** The metrics that the document promises. */
export function documentedMetrics(): DocumentedMetric[] {
  return rowsUnder("| metric | in Prometheus |").map(([, name = "", kind = "", unit = ""]) => ({
    name: unquoted(name),
    // Prometheus knows no counter that goes down.
    kind: kind === "up-down counter" ? "gauge" : kind,
    unit: unquoted(unit),
  }));
}

/** Events that every service with such a day logs, with their levels. */
export function documentedEvents(): ReadonlyMap<string, string> {
  return new Map(rowsUnder("| event | level |").map(([event = "", level = ""]) => [unquoted(event), level]));
}

/** Events that tell of what should not be. */
export function documentedWarnings(): string[] {
  return rowsUnder("| event | meaning |").map(([event = ""]) => unquoted(event));
}

/** The alerts that the document promises, and where the runbook has them. */
export function documentedAlerts(): { readonly name: string; readonly runbook: string }[] {
  return rowsUnder("| alert | fires when |").map(([name = "", , , runbook = ""]) => ({
    name: unquoted(name),
    runbook: /\]\((.*)\)/.exec(runbook)?.[1] ?? "",
  }));
}

/** The cells of all tables that begin with this. */
function rowsUnder(heading: string): string[][] {
  return text
    .split("\n\n")
    .filter((paragraph) => paragraph.startsWith(heading))
    .flatMap((table) => table.trim().split("\n").slice(2))
    .map((row) =>
      row
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
}

function unquoted(cell: string): string {
  return cell.replaceAll("`", "");
}
