import { styled } from "../output.ts";
import type { Change } from "./plan/change.ts";
import type { Plan } from "./plan/make-plan.ts";

const SIGNS = { create: "+", update: "~", delete: "-" } as const;
const STYLES = { create: "green", update: "yellow", delete: "red" } as const;
const DONE = { create: "created", update: "changed", delete: "deleted" } as const;

/** What differs, one setting a paragraph. */
export function planAsText({ organization, project, url, changes, surplus, notes }: Plan): string {
  const lines = [
    `${organization}/${project} at ${url}`,
    ...changes.flatMap(paragraph),
    ...surplus.map((change) =>
      styled("dim", `? ${title(change)} is not in the file, and is left alone; --prune deletes it`),
    ),
    ...notes.map((note) => styled("dim", `! ${note}`)),
  ];
  return `${lines.join("\n")}\n`;
}

export function summary({ changes }: Plan): string {
  if (changes.length === 0) return "Nothing to do: the project is as the file says.";
  const count = (action: Change["action"]): number =>
    changes.filter((change) => change.action === action).length;
  return `${count("create")} to create, ${count("update")} to change, ${count("delete")} to delete.`;
}

/** What was made, or would be. */
export function asJson(
  plan: Plan,
  outcome: { readonly made?: readonly Change[]; readonly error?: string },
): string {
  const { organization, project, url, changes, surplus, notes } = plan;
  const named = ({ kind, name }: Change): object => ({ kind, name });
  return `${JSON.stringify({
    ok: outcome.error === undefined,
    organization,
    project,
    url,
    changes: changes.map(({ action, kind, name, fields }) => ({ action, kind, name, fields })),
    surplus: surplus.map(named),
    notes,
    ...(outcome.made === undefined ? {} : { made: outcome.made.map(named) }),
    ...(outcome.error === undefined ? {} : { error: outcome.error }),
  })}\n`;
}

export function doneLine(change: Change): string {
  return `${styled("green", "✓")} ${title(change)} ${DONE[change.action]}\n`;
}

function paragraph(change: Change): string[] {
  const { action, fields } = change;
  return [
    styled(STYLES[action], `${SIGNS[action]} ${title(change)}`),
    ...fields.map(({ field, from, to }) => {
      const values = from !== undefined && to !== undefined ? `${from} → ${to}` : (to ?? `${from} goes`);
      return `    ${field}: ${values}`;
    }),
  ];
}

export function title({ kind, name }: Pick<Change, "kind" | "name">): string {
  return kind === "ownership" ? `ownership ${name}` : `${kind} "${name}"`;
}
