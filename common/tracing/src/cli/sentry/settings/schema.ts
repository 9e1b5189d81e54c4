import { z } from "zod";

/** The steps that Sentry offers, in its own units. */
const WINDOWS = { "5m": 300, "10m": 600, "15m": 900, "30m": 1800, "1h": 3600, "2h": 7200, "4h": 14_400 };
const PAUSES = { "0m": 0, "5m": 5, "10m": 10, "30m": 30, "1h": 60, "3h": 180, "12h": 720, "1d": 1440 };

export const WINDOW_SECONDS: Readonly<Record<string, number>> = WINDOWS;
export const PAUSE_MINUTES: Readonly<Record<string, number>> = PAUSES;

/** Sentry drops the blanks around texts; kept here, they would differ for ever. */
const text = z
  .string()
  .trim()
  .regex(/^(?:[^\p{Cc}]|[\t\r\n])*$/u, "write a text without control characters");
const line = z
  .string()
  .trim()
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, "write it on one line, without control characters");
const name = line
  .min(1, "write a name of 1 to 100 characters")
  .max(100, "write a name of 1 to 100 characters");
/** How organizations, projects and teams are named in addresses. */
export const slug = z.string().regex(/^[a-z0-9_-]+$/, "write a slug: lower-case letters, digits, - and _");
const environment = line.min(1, "write the name of an environment");
const asSet = <T>(items: readonly T[]): T[] => [...new Set(items)];

const watched = {
  name,
  spans: line
    .default("is_transaction:true")
    .describe("Which spans count, as a Sentry search; the default is every visit of a service."),
  window: z.enum(keysOf(WINDOWS)).describe("Over which time the measure is taken."),
  environment: environment.optional().describe("Only this environment; without it, all of them."),
  priority: z.enum(["high", "medium"]).default("high").describe("Of the issue that Sentry makes."),
  team: slug.optional().describe("The team that gets the issue; it must have access to the project."),
  description: text.optional().describe("Stands in the issue: what to do about it."),
};

const monitor = z.discriminatedUnion("measure", [
  z.strictObject({
    ...watched,
    measure: z.literal("failure_rate").describe("Failed spans among all of them."),
    above: z
      .string("write a share such as 1%")
      .regex(/^(?:100|\d{1,2}(?:\.\d+)?)%$/, "write a share such as 1%")
      .describe("An issue is made above it, such as 1%."),
  }),
  z.strictObject({
    ...watched,
    measure: z.enum(["p50", "p75", "p95", "p99"]).describe("A percentile of the spans' durations."),
    above: z
      .string("write a duration such as 1s or 250ms")
      .regex(/^\d+(?:\.\d+)?(?:ms|s)$/, "write a duration such as 1s or 250ms")
      .describe("An issue is made above it, such as 1s or 250ms."),
  }),
]);

const alert = z.strictObject({
  name,
  monitors: z
    .array(name)
    .min(1)
    .overwrite(asSet)
    .optional()
    .describe("Names from above; without it, all of them."),
  notify: z
    .array(slug)
    .min(1)
    .overwrite(asSet)
    .describe('Slugs of teams, or "owners": who owns the issue, else the active members of the project.'),
  every: z.enum(keysOf(PAUSES)).default("30m").describe("At most one message an issue in this time."),
});

const ownershipRule = z.strictObject({
  service: z
    .string()
    .regex(/^[\w.*?-]+$/, "write a service's name, or a glob such as ledger-*")
    .describe("The tag `service` of a Sentry issue; globs are allowed."),
  teams: z.array(slug).min(1).overwrite(asSet).describe("Who owns its issues."),
});

/** The file that a team edits; https://json-schema.org of it is deploy/sentry/project.schema.json. */
export const projectFile = z
  .strictObject({
    organization: slug.optional().describe("The organization's slug; SENTRY_ORG wins over it."),
    project: slug.optional().describe("The project's slug; SENTRY_PROJECT wins over it."),
    url: z.url().optional().describe("Of Sentry, by default https://sentry.io; SENTRY_URL wins over it."),
    environments: z
      .record(environment, z.enum(["visible", "hidden"]))
      .default({})
      .describe("Whether Sentry's pages offer an environment. It exists from its first event on."),
    ownership: z.array(ownershipRule).default([]).describe("Of rules that match, the last one counts."),
    monitors: z.array(monitor).default([]).describe("When Sentry makes an issue."),
    alerts: z.array(alert).default([]).describe("Who is told of the monitors' issues."),
  })
  .superRefine(({ monitors, alerts }, { addIssue }) => {
    const known = monitors.map(({ name }) => name);
    for (const [list, names] of [
      ["monitors", known],
      ["alerts", alerts.map(({ name }) => name)],
    ] as const) {
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        addIssue({ code: "custom", path: [list, index, "name"], message: "give it a name of its own" });
      }
    }
    for (const [index, { monitors: watched = [] }] of alerts.entries()) {
      for (const [at, name] of watched.entries()) {
        if (known.includes(name)) continue;
        const path = ["alerts", index, "monitors", at];
        addIssue({ code: "custom", path, message: "name a monitor of this file", params: { known } });
      }
    }
  });

export type ProjectFile = z.infer<typeof projectFile>;
export type MonitorSetting = ProjectFile["monitors"][number];
export type AlertSetting = ProjectFile["alerts"][number];
export type OwnershipSetting = ProjectFile["ownership"][number];

function keysOf<T extends object>(record: T): [keyof T & string, ...(keyof T & string)[]] {
  return Object.keys(record) as [keyof T & string, ...(keyof T & string)[]];
}
