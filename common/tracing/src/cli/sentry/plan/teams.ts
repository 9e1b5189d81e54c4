import { TracekeepError } from "../../../tracekeep-error.ts";
import type { ProjectAnswer } from "../api/answers.ts";
import type { ProjectFile } from "../settings/schema.ts";

/** The teams that have access to the project, by slug and by id. */
export interface Teams {
  idOf(slug: string): string;
  /** As in `team platform`; somebody else is named by id. */
  nameOf(type: string, id: string): string;
}

/** @throws TracekeepError INVALID_CONFIG that names every team of the file that has no access to the project */
export function teamsOf({ slug: project, teams }: ProjectAnswer, file: ProjectFile): Teams {
  const ids = new Map(teams.map(({ slug, id }) => [slug, id]));
  const slugs = new Map(teams.map(({ slug, id }) => [id, slug]));
  const missing = named(file).filter(({ slug }) => !ids.has(slug));
  if (missing.length > 0) {
    const known = [...ids.keys()].join(", ") || "none";
    throw new TracekeepError(
      "INVALID_CONFIG",
      missing
        .map(
          ({ at, slug }) =>
            `${at} is "${slug}", a team without access to ${project}: add it under Settings > Projects > ${project} > Teams, or name one that has it (${known})`,
        )
        .join("\n"),
    );
  }
  return {
    idOf: (slug) => ids.get(slug) ?? "",
    nameOf: (type, id) => `${type} ${(type === "team" ? slugs.get(id) : undefined) ?? id}`,
  };
}

function named({ monitors, alerts, ownership }: ProjectFile): { at: string; slug: string }[] {
  return [
    ...monitors.flatMap(({ team }, index) =>
      team === undefined ? [] : [{ at: `monitors[${index}].team`, slug: team }],
    ),
    ...alerts.flatMap(({ notify }, index) =>
      notify.flatMap((slug, at) =>
        slug === "owners" ? [] : [{ at: `alerts[${index}].notify[${at}]`, slug }],
      ),
    ),
    ...ownership.flatMap(({ teams }, index) =>
      teams.map((slug, at) => ({ at: `ownership[${index}].teams[${at}]`, slug })),
    ),
  ];
}
