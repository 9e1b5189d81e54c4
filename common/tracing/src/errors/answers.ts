/** Statuses that say "no" and not "broken"; the numbers are gRPC's. */
const ANSWERS: ReadonlySet<number> = new Set([1, 3, 5, 6, 7, 8, 9, 10, 11, 16]);

/**
 * Whether an error is an answer: the caller's own cancel, or a gRPC status such as NOT_FOUND. A number
 * in `code` alone tells nothing, since errors of all kinds have one; a gRPC error has `details`, too.
 */
export function isAnswer(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, details } = error as { code?: unknown; details?: unknown };
  return error.name === "AbortError" || (typeof details === "string" && ANSWERS.has(code as number));
}
