import { status } from "@grpc/grpc-js";
import type { z } from "zod";
import { ServiceError } from "../grpc/errors.ts";

/**
 * The request as the schema has it.
 * @throws ServiceError INVALID_ARGUMENT that names the faults, with the fields' names as in the .proto file
 */
export function validated<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const { issues } = result.error;
  const faults = issues.slice(0, 10).map(({ path, message }) => `${fieldName(path)} ${message}`);
  if (issues.length > faults.length) faults.push(`${issues.length - faults.length} more`);
  throw new ServiceError(status.INVALID_ARGUMENT, faults.join("; "));
}

/** `entries[0].account_id` */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${snakeCase(String(part))}`))
    .join("")
    .replace(/^\./, "");
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
