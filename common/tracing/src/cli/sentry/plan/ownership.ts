import type { OwnershipSetting } from "../settings/schema.ts";
import type { Change, FieldChange, Part } from "./change.ts";
import { readMarked } from "./ownership-marks.ts";

/** @param raw all ownership rules of the project, one a line */
export function planOwnership(wanted: readonly OwnershipSetting[], raw: string): Part {
  const rules = wanted.map(
    ({ service, teams }) => `tags.service:${service} ${teams.map((team) => `#${team}`).join(" ")}`,
  );
  const marked = readMarked(raw, rules);
  const { isMarked, own, oddities: notes } = marked;
  const text = marked.with(rules);
  const change = (action: Change["action"], fields: readonly FieldChange[]): Change => ({
    action,
    kind: "ownership",
    name: "rules by service",
    fields,
    make: (client) => client.setOwnership(text),
  });
  const goes = own.filter((rule) => !rules.includes(rule)).map((from) => ({ field: "rule", from }));
  if (rules.length === 0) return { changes: [], surplus: isMarked ? [change("delete", goes)] : [], notes };
  if (bare(text) === bare(raw)) return { changes: [], surplus: [], notes };
  const comes = rules.filter((rule) => !own.includes(rule)).map((to) => ({ field: "rule", to }));
  const mends = notes.length === 0 ? [] : [{ field: "marks", to: "one pair, around these rules alone" }];
  const fields = [...goes, ...comes, ...mends];
  const told = fields.length === 0 ? [{ field: "order", to: "as in the file" }] : fields;
  return { changes: [change(isMarked ? "update" : "create", told)], surplus: [], notes };
}

/** Blanks at the ends of lines mean nothing. */
function bare(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .trimEnd();
}
