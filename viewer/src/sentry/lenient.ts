import { z } from "zod";

/** A field that can be done without: as with Sentry, one that is not what it should be is left out, and the rest stays. */
export function lenient<T extends z.ZodType>(schema: T) {
  return schema.nullish().catch(undefined);
}

/** Text that can be done without. */
export const text = lenient(z.string());
