import type { TreasuryServiceClient } from "@tracekeep/proto/treasury/v1";
import { unaryCall } from "@tracekeep/service";
import type { Handler } from "hono";
import { z } from "zod";
import { minorUnits, text } from "./http/fields.ts";
import { requiredIdempotencyKey } from "./http/idempotency-key.ts";
import { readBody } from "./http/request-body.ts";
import { scopeOf } from "./http/scope.ts";

export interface TransferParts {
  treasury: TreasuryServiceClient;
  /** The longest wait for the treasury, in milliseconds. */
  treasuryTimeoutMs: number;
}

const newTransfer = z.object({
  fromInstitution: text,
  toInstitution: text,
  amount: minorUnits,
  currency: text,
  reference: text.default(""),
});

/** POST /transfers: 201 with the transfer, also when its key has made it before. */
export function createTransfer({ treasury, treasuryTimeoutMs }: TransferParts): Handler {
  return async (c) => {
    const request = { idempotencyKey: requiredIdempotencyKey(c), ...(await readBody(c, newTransfer)) };
    const { transfer } = await unaryCall(treasury, treasury.transfer, request, {
      scope: scopeOf(c),
      timeoutMs: treasuryTimeoutMs,
    });
    if (!transfer) throw new Error("the treasury answered without a transfer");
    const { amount, createTime, ...rest } = transfer;
    return c.json({ ...rest, amount: Number(amount), createTime: createTime?.toISOString() }, 201);
  };
}
