import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import {
  getDefaultCurrentScope,
  getDefaultIsolationScope,
  getIsolationScope,
  type Scope,
  setAsyncContextStrategy,
} from "@sentry/core";
import { getHttpClientSubscriptions, HTTP_ON_CLIENT_REQUEST } from "@sentry/core/server";
import { expect, onTestFinished, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { startIntake } from "./harness/intake.ts";
import { startTestTracing } from "./harness/probe.ts";
import { initSentryClient } from "./harness/sentry-client.ts";

/** What `Sentry.init` of @sentry/node sets: scopes that follow asynchronous calls, and an eye on node:http. */
function initSentry(): void {
  const scopes = new AsyncLocalStorage<Scope>();
  const getCurrentScope = (): Scope => scopes.getStore() ?? getDefaultCurrentScope();
  const fork = <T>(fn: (scope: Scope) => T): T => {
    const scope = getCurrentScope().clone();
    return scopes.run(scope, () => fn(scope));
  };
  setAsyncContextStrategy({
    getCurrentScope,
    getIsolationScope: getDefaultIsolationScope,
    withScope: fork,
    withSetScope: (scope, fn) => scopes.run(scope, () => fn(scope)),
    withIsolationScope: (fn) => fn(getDefaultIsolationScope()),
    withSetIsolationScope: (scope, fn) => fn(scope),
  });
  initSentryClient();
  const watch = getHttpClientSubscriptions({ spans: false, breadcrumbs: true })[HTTP_ON_CLIENT_REQUEST];
  subscribe(HTTP_ON_CLIENT_REQUEST, watch);
  onTestFinished(() => void unsubscribe(HTTP_ON_CLIENT_REQUEST, watch));
}

test("the service's own Sentry makes no breadcrumbs of requests that Tracekeep sends", async () => {
  const intake = await startIntake();
  initSentry();
  const tracing = startTestTracing(intake);
  withSpan("job", () => {});
  await tracing.shutdown();
  expect(intake.spans).toHaveLength(1);
  expect(getIsolationScope().getScopeData().breadcrumbs).toEqual([]);
  await intake.close();
});
