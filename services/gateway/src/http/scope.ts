import type { CallScope } from "@tracekeep/service";
import type { Context } from "hono";

/** What the calls made for an HTTP request go by: they are cancelled when the client hangs up. */
export function scopeOf(c: Context): CallScope {
  return { signal: c.req.raw.signal, deadline: Number.POSITIVE_INFINITY };
}
