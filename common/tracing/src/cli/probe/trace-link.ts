import type { Dsn } from "../../config/dsn.ts";

const LOOK_LIMIT_MS = 2_000;

/** Where a trace can be seen: a link, or what to search for. */
export async function traceLink(dsn: Dsn | undefined, traceId: string): Promise<string> {
  if (dsn === undefined) return `search for trace:${traceId}`;
  const viewer = `${dsn.protocol}//${dsn.host}`;
  if (await isViewer(viewer, traceId)) return `${viewer}/trace/${traceId}`;
  // Sentry puts the reader's own organisation in the place of ":orgslug".
  if (/(^|\.)sentry\.io(:\d+)?$/.test(dsn.host)) {
    return `https://sentry.io/orgredirect/organizations/:orgslug/explore/traces/trace/${traceId}/`;
  }
  return `${viewer}${dsn.path}: search for trace:${traceId}`;
}

/** Whether the local viewer is there, and has the trace. */
async function isViewer(url: string, traceId: string): Promise<boolean> {
  if (!/^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:|$)/.test(url)) return false;
  try {
    const response = await fetch(`${url}/data/traces/${traceId}`, {
      signal: AbortSignal.timeout(LOOK_LIMIT_MS),
    });
    await response.body?.cancel();
    return response.ok && response.headers.get("content-type") === "application/json";
  } catch {
    return false;
  }
}
