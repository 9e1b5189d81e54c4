import { status } from "@grpc/grpc-js";
import { ServiceError } from "@tracekeep/service";
import { z } from "zod";
import type { Cursor } from "./accounts.ts";

/** What CreateAccount accepts. Whether currency and institution exist is the treasury's to say. */
export const createAccountRequest = z.object({
  name: z
    .string()
    .trim()
    .min(1, "is empty: give the holder's name")
    .max(100, "is longer than 100 characters"),
  currency: z.string().regex(/^[A-Z]{3}$/, "is no ISO 4217 code: write three capital letters, such as EUR"),
  institution: z.string().regex(/^[A-Z0-9_]{1,32}$/, "is no institution's code: write it as in NORDBANK"),
  accountId: z
    .string()
    .regex(/^[A-Za-z0-9-]{0,64}$/, "is no account id: use up to 64 letters, digits and hyphens"),
});

const cursor = z.tuple([z.iso.datetime(), z.string()]);

/** What ListAccounts accepts; the page token becomes a cursor, `undefined` for the first page. */
export const listAccountsRequest = z.object({
  pageSize: z
    .int()
    .min(0, "is negative: give 1 to 100")
    .max(100, "is above 100: give 1 to 100")
    .transform((size) => size || 20),
  pageToken: z.string().transform((token, context): Cursor | undefined => {
    if (token === "") return undefined;
    const parsed = cursor.safeParse(parseJson(Buffer.from(token, "base64url").toString()));
    if (parsed.success) return { created_at: parsed.data[0], id: parsed.data[1] };
    context.addIssue("is not from this service: give the next_page_token of the page before");
    return z.NEVER;
  }),
});

export function pageToken({ created_at, id }: Cursor): string {
  return Buffer.from(JSON.stringify([created_at, id])).toString("base64url");
}

/**
 * The request as the schema has it.
 * @throws ServiceError INVALID_ARGUMENT that names every fault, with the field's name as in the .proto file
 */
export function validated<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${snakeCase(String(path[0]))} ${message}`);
  throw new ServiceError(status.INVALID_ARGUMENT, faults.join("; "));
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
