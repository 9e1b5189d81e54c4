import type { OwnershipSetting } from "../settings/schema.ts";
import type { Change, Part } from "./change.ts";

/** What stands between these lines is ours; all other rules of the project stay. */
const BEGIN = "# Tracekeep: begin, from the project's file";
const END = "# Tracekeep: end";

/** @param raw all ownership rules of the project, one a line */
export function planOwnership(wanted: readonly OwnershipSetting[], raw: string): Part {
  const lines =
    raw === ""
      ? []
      : raw
          .replace(/\n$/, "")
          .split("\n")
          .map((line) => line.trimEnd());
  const [begin, end] = [lines.indexOf(BEGIN), lines.indexOf(END)];
  const isThere = begin !== -1 && end > begin;
  const now = isThere ? lines.slice(begin + 1, end) : [];
  const rules = wanted.map(
    ({ service, teams }) => `tags.service:${service} ${teams.map((team) => `#${team}`).join(" ")}`,
  );
  const before = isThere ? lines.slice(0, begin) : lines;
  const after = isThere ? lines.slice(end + 1) : [];
  const change = (action: Change["action"], block: readonly string[]): Change => ({
    action,
    kind: "ownership",
    name: "rules by service",
    fields: [
      ...now.filter((rule) => !rules.includes(rule)).map((from) => ({ field: "rule", from })),
      ...rules.filter((rule) => !now.includes(rule)).map((to) => ({ field: "rule", to })),
    ],
    make: (client) => client.setOwnership([...before, ...block, ...after].join("\n")),
  });
  const isSame = rules.join("\n") === now.join("\n");
  if (rules.length === 0) return { changes: [], surplus: isThere ? [change("delete", [])] : [] };
  if (isSame) return { changes: [], surplus: [] };
  return { changes: [change(isThere ? "update" : "create", [BEGIN, ...rules, END])], surplus: [] };
}
