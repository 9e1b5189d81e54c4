import type { Client, Scope } from "@sentry/core";

/** Sentry's global state of one version of its SDK, as far as it is read here. */
interface SentryCarrier {
  readonly acs?: { getCurrentScope?: () => ScopeLike };
  readonly stack?: { getScope?: () => ScopeLike };
  readonly defaultCurrentScope?: ScopeLike;
}
interface ScopeLike {
  getClient?: () => Client | undefined;
}

/** The client of a service that has called `Sentry.init`, and a scope to copy. */
export interface UserSentry {
  readonly client: Client;
  readonly scope: Scope;
}

/** Whether some Sentry SDK has been loaded into this process. */
export function isSentryLoaded(): boolean {
  return (globalThis as { __SENTRY__?: unknown }).__SENTRY__ !== undefined;
}

/** The Sentry of a service that has called `Sentry.init` itself, of whatever version; nothing is loaded for it. */
export function findUserSentry(): UserSentry | undefined {
  const global = (globalThis as { __SENTRY__?: Record<string, unknown> }).__SENTRY__ ?? {};
  for (const [version, value] of Object.entries(global)) {
    if (version === "version" || typeof value !== "object" || value === null) continue;
    const carrier = value as SentryCarrier;
    const scopes = [
      carrier.acs?.getCurrentScope?.(),
      carrier.stack?.getScope?.(),
      carrier.defaultCurrentScope,
    ];
    for (const scope of scopes) {
      const client = scope?.getClient?.();
      if (client !== undefined) return { client, scope: scope as Scope };
    }
  }
  return undefined;
}
