import {
  type Context,
  type ContextManager,
  context,
  createContextKey,
  ROOT_CONTEXT,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";

/** How the active context is read and set. */
export interface Contexts {
  active(): Context;
  with<A extends unknown[], R>(active: Context, fn: (...args: A) => R, thisArg?: unknown, ...args: A): R;
  bind<T>(active: Context, target: T): T;
  /** Gives the process back as it was. */
  release(): void;
}

const PROBE = createContextKey("tracekeep.probe");

/**
 * Uses the process's context manager if another SDK has registered one, so that spans of both nest;
 * otherwise registers one. If neither works (another version of the API got there first), a private
 * one still joins all of Tracekeep's own spans.
 */
export function createContexts(): Contexts {
  if (globalContextWorks()) return viaApi(() => {});
  const manager = new AsyncLocalStorageContextManager().enable();
  const registered = context.setGlobalContextManager(manager) && globalContextWorks();
  return {
    active: () => manager.active(),
    with: (active, fn, thisArg, ...args) =>
      manager.with(active, fn, thisArg as ThisParameterType<typeof fn>, ...args),
    bind: (active, target) => manager.bind(active, target),
    release() {
      if (registered) context.disable();
      else manager.disable();
    },
  };
}

function viaApi(release: () => void): Contexts {
  const api: Pick<ContextManager, "active" | "with" | "bind"> = context;
  return {
    active: () => api.active(),
    with: (active, fn, thisArg, ...args) =>
      api.with(active, fn, thisArg as ThisParameterType<typeof fn>, ...args),
    bind: (active, target) => api.bind(active, target),
    release,
  };
}

function globalContextWorks(): boolean {
  return context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE) === true);
}
