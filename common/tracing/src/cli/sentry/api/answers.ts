import { z } from "zod";

/** What is read of Sentry's answers; everything else in them is ignored. */
const id = z.union([z.string(), z.number()]).transform(String);

export const projectAnswer = z.object({
  id,
  slug: z.string(),
  teams: z.array(z.object({ id, slug: z.string() })),
  isDynamicallySampled: z.boolean().optional(),
});

const snubaQuery = z.object({
  dataset: z.string(),
  query: z.string(),
  aggregate: z.string(),
  timeWindow: z.number(),
  environment: z.string().nullable(),
  eventTypes: z.array(z.string()),
  extrapolationMode: z.string().nullish(),
});

export const monitorAnswer = z.object({
  id,
  projectId: id.nullable(),
  name: z.string(),
  type: z.string(),
  description: z.string().nullish(),
  enabled: z.boolean(),
  owner: z.object({ type: z.string(), id }).nullish(),
  config: z.object({ detectionType: z.string().nullish() }).catch({}),
  conditionGroup: z
    .object({
      conditions: z.array(
        z.object({ type: z.string(), comparison: z.unknown(), conditionResult: z.unknown() }),
      ),
    })
    .nullable(),
  dataSources: z.array(z.object({ queryObj: z.object({ snubaQuery }).nullable().catch(null) })).nullable(),
});

export const alertAnswer = z.object({
  id,
  name: z.string(),
  enabled: z.boolean(),
  environment: z.string().nullable(),
  config: z.object({ frequency: z.number().nullish() }),
  detectorIds: z.array(id).nullable(),
  triggers: z.object({ conditions: z.array(z.object({ type: z.string() })) }).nullable(),
  actionFilters: z
    .array(
      z.object({
        conditions: z.array(z.object({ type: z.string() })).default([]),
        actions: z.array(
          z.object({
            type: z.string(),
            config: z.object({ targetType: z.string().nullish(), targetIdentifier: id.nullish() }).catch({}),
          }),
        ),
      }),
    )
    .nullable(),
});

export const ownershipAnswer = z.object({ raw: z.string().nullable() });

export const environmentAnswer = z.object({ name: z.string(), isHidden: z.boolean() });

export type ProjectAnswer = z.infer<typeof projectAnswer>;
export type MonitorAnswer = z.infer<typeof monitorAnswer>;
export type AlertAnswer = z.infer<typeof alertAnswer>;
export type EnvironmentAnswer = z.infer<typeof environmentAnswer>;
