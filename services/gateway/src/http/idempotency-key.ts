import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";

/** The header `Idempotency-Key`, empty if there is none. */
export function idempotencyKey(c: Context): string {
  return c.req.header("idempotency-key")?.trim() ?? "";
}

/** @throws HTTPException 400 if there is no key */
export function requiredIdempotencyKey(c: Context): string {
  const key = idempotencyKey(c);
  if (key !== "") return key;
  throw new HTTPException(400, {
    message:
      "the header Idempotency-Key is missing: send a new UUID with each new request, and the same one when you repeat it",
  });
}
