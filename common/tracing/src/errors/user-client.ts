/** The client of Sentry's SDK (7 to 11), as far as it is used here. */
interface UserClient {
  getDsn(): unknown;
  getOptions(): {
    readonly enabled?: boolean | undefined;
    readonly stackParser?: ((stack: string) => object[]) | undefined;
  };
  captureEvent(event: object, hint: object, scope: UserScope): unknown;
}

export interface UserScope {
  addEventProcessor(process: (event: object, hint: { attachments?: unknown[] }) => object): unknown;
  setPropagationContext(context: { readonly traceId: string; readonly sampleRand: number }): unknown;
}

/** Sentry's global state of one version of its SDK, as far as it is used here. */
export interface SentryCarrier {
  readonly acs?: {
    getCurrentScope?: () => ScopeLike;
    withScope?: <T>(fn: (scope: ScopeLike) => T) => T;
    suppressTracing?: <T>(fn: () => T) => T;
  };
  readonly stack?: { getScope?: () => ScopeLike };
  readonly defaultCurrentScope?: ScopeLike;
  /** Version 7 has its hub here. */
  readonly getScope?: () => ScopeLike;
  externalPropagationContextProvider?: (() => { traceId: string; spanId: string } | undefined) | undefined;
}
interface ScopeLike {
  getClient?: () => UserClient | undefined;
  setSDKProcessingMetadata?: (metadata: object) => unknown;
}

/** The client of a service that has called `Sentry.init`, and a scope to copy. */
export interface UserSentry {
  readonly client: UserClient;
  readonly scope: UserScope;
}

/** The state of each version of Sentry's SDK that has been loaded into this process. */
export function sentryCarriers(): SentryCarrier[] {
  const global = (globalThis as { __SENTRY__?: Record<string, unknown> }).__SENTRY__ ?? {};
  return Object.values(global).filter(
    (value): value is SentryCarrier => typeof value === "object" && value !== null,
  );
}

/** The Sentry of a service that has called `Sentry.init` itself, of whatever version; nothing is loaded for it. */
export function findUserSentry(): UserSentry | undefined {
  for (const carrier of sentryCarriers()) {
    const scopes = [
      carrier.acs?.getCurrentScope?.(),
      carrier.stack?.getScope?.(),
      carrier.defaultCurrentScope,
      carrier.getScope?.(),
    ];
    for (const scope of scopes) {
      const client = scope?.getClient?.();
      if (client !== undefined && sends(client)) return { client, scope: scope as UserScope };
    }
  }
  return undefined;
}

/** Sentry's own mark on a scope in which nothing is to be traced. */
const SUPPRESSED = { __SENTRY_SUPPRESS_TRACING__: true };

/** Runs requests of ours so that the service's own Sentry puts no headers on them, and makes no breadcrumbs of them. */
export function unseenBySentry<T>(fn: () => T): T {
  return sentryCarriers().reduce<() => T>((inner, { acs }) => {
    if (acs?.suppressTracing !== undefined) return () => acs.suppressTracing?.(inner) as T;
    if (acs?.withScope === undefined) return inner;
    return () =>
      acs.withScope?.((scope) => {
        scope.setSDKProcessingMetadata?.(SUPPRESSED);
        return inner();
      }) as T;
  }, fn)();
}

/** A client without a DSN, or one that is switched off, takes events and sends nothing. */
function sends(client: UserClient): boolean {
  return client.getDsn() !== undefined && client.getOptions().enabled !== false;
}
