import type { EnvironmentAnswer } from "../api/answers.ts";
import type { ProjectFile } from "../settings/schema.ts";
import type { Change, Part } from "./change.ts";

/** Environments cannot be made or deleted, only hidden: those that the file does not name stay as they are. */
export function planEnvironments(
  wanted: ProjectFile["environments"],
  found: readonly EnvironmentAnswer[],
): Part {
  const changes = found.flatMap(({ name, isHidden }): Change[] => {
    const to = Object.hasOwn(wanted, name) ? wanted[name] : undefined;
    const from = isHidden ? "hidden" : "visible";
    if (to === undefined || to === from) return [];
    return [
      {
        action: "update",
        kind: "environment",
        name,
        fields: [{ field: "shown", from, to }],
        make: (client) => client.setHidden(name, to === "hidden"),
      },
    ];
  });
  const missing = Object.keys(wanted).filter((name) => found.every((each) => each.name !== name));
  const notes = missing.map(
    (name) => `environment "${name}" is not there yet: Sentry makes it of the first event that names it`,
  );
  return { changes, surplus: [], notes };
}
