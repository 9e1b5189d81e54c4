import { type Context, context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { ScopedContextManager } from "./context-manager.ts";

/** How the active context is read and set. */
export interface Contexts {
  active(): Context;
  with<A extends unknown[], R>(active: Context, fn: (...args: A) => R, thisArg?: unknown, ...args: A): R;
  /** The active context, to be entered again and again: cheaper than `with`, and with what else follows asynchronous calls. */
  capture(): CapturedContext;
  /** Gives the process back as it was, once no tracing needs its contexts any more. */
  release(): void;
}

/** A context as it was where it was captured. */
export interface CapturedContext {
  runInAsyncScope<T>(fn: (arg: T) => void, thisArg: unknown, arg: T): void;
}

const PROBE = createContextKey("tracekeep.probe");

/** Our own manager, shared by all tracings of the process that run at the same time. */
let own: { readonly manager: ScopedContextManager; readonly registered: boolean; users: number } | undefined;

/**
 * Uses the process's context manager if another SDK has registered one, so that spans of both nest;
 * otherwise registers one. If neither works (another version of the API got there first), a private
 * one still joins all of Tracekeep's own spans.
 */
export function createContexts(): Contexts {
  if (own === undefined && globalContextWorks()) return viaApi;
  own ??= registerOwn();
  own.users++;
  const { manager } = own;
  let released = false;
  return {
    active: () => manager.active(),
    // Bound, so that arguments are passed on once.
    with: manager.with.bind(manager) as Contexts["with"],
    capture: () => manager.capture(),
    release() {
      if (!released) releaseOwn();
      released = true;
    },
  };
}

const viaApi: Contexts = {
  active: () => context.active(),
  with: (active, fn, thisArg, ...args) =>
    context.with(active, fn, thisArg as ThisParameterType<typeof fn>, ...args),
  capture() {
    const captured = context.active();
    return {
      runInAsyncScope: (fn, thisArg, arg) =>
        context.with(captured, fn, thisArg as ThisParameterType<typeof fn>, arg),
    };
  },
  release() {},
};

function registerOwn(): NonNullable<typeof own> {
  const manager = new ScopedContextManager().enable();
  return { manager, registered: context.setGlobalContextManager(manager) && globalContextWorks(), users: 0 };
}

function releaseOwn(): void {
  if (own === undefined || --own.users > 0) return;
  if (own.registered) context.disable();
  else own.manager.disable();
  own = undefined;
}

function globalContextWorks(): boolean {
  return context.with(ROOT_CONTEXT.setValue(PROBE, true), () => context.active().getValue(PROBE) === true);
}
