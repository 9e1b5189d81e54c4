import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";

/**
 * The request's body as the schema has it. Only its shape should be checked: what the values mean is for the services
 * to say.
 * @throws HTTPException 400 that names every fault
 */
export async function readBody<Schema extends z.ZodType>(
  c: Context,
  schema: Schema,
): Promise<z.output<Schema>> {
  const text = await c.req.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new HTTPException(400, {
      message: 'the body is not JSON: send an object such as {"name": "Ada", ...}',
    });
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const faults = result.error.issues
    .slice(0, 10)
    .map(({ path, message }) => `${fieldName(path) || "the body"} ${message}`);
  throw new HTTPException(400, { message: faults.join("; ") });
}

/** `employees[0].amount` */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .replace(/^\./, "");
}
