/**
 * Reads `X-Sentry-Rate-Limits` (`SECONDS:CATEGORY;CATEGORY:SCOPE:REASON`, several separated by commas): how long
 * nothing of these categories is to be sent, in milliseconds; undefined if the header says nothing of them. A
 * limit without categories is for all.
 */
export function readRateLimits(
  header: string | undefined,
  categories: ReadonlySet<string>,
): number | undefined {
  if (header === undefined) return undefined;
  const waits = header.split(",").flatMap((limit) => {
    const [seconds = "", named = ""] = limit.trim().split(":");
    const names = named.split(";").map((name) => name.trim().toLowerCase());
    const isMeant = names.some((name) => name === "" || categories.has(name));
    return isMeant && /^\d{1,9}(\.\d+)?$/.test(seconds.trim()) ? [Number(seconds) * 1_000] : [];
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}
