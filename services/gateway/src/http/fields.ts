import { z } from "zod";

/** A field of a JSON body that is text. */
export const text = z.string({ error: "must be a string" });

/** An amount of money: a whole number of minor units, which JSON numbers hold exactly. */
export const minorUnits = z
  .int({ error: "must be a whole number of minor units, such as cents" })
  .transform((amount) => BigInt(amount));
