import { z } from "zod";

/** An ISO 4217 code, by its form. */
export const currencyCode = z
  .string()
  .regex(/^[A-Z]{3}$/, "is no ISO 4217 code: write three capital letters, such as EUR");

/** Chosen by the caller, so that a repeated request does nothing twice. */
export const idempotencyKey = z
  .string()
  .min(1, "is empty: give a key that only this request has, such as a UUID")
  .max(128, "is longer than 128 characters");
