import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { afterEach, describe, expect, test } from "vitest";
import { ScopedContextManager } from "./context-manager.ts";

const KEY = createContextKey("test");
const named = (name: string): Context => ROOT_CONTEXT.setValue(KEY, name);

/** What is said of ours holds of OpenTelemetry's own, too. */
describe.each([
  ["ScopedContextManager", ScopedContextManager],
  ["AsyncLocalStorageContextManager", AsyncLocalStorageContextManager],
])("%s", (_, Manager) => {
  const manager = new Manager().enable();
  afterEach(() => expect(manager.active()).toBe(ROOT_CONTEXT));
  const name = (): unknown => manager.active().getValue(KEY);

  test("gives the context to the function and takes it back, also from one that throws", () => {
    const fail = (): never => {
      throw new Error(String(name()));
    };
    expect(manager.with(named("a"), () => name())).toBe("a");
    expect(() => manager.with(named("b"), fail)).toThrow("b");
    expect(name()).toBeUndefined();
  });

  test("passes this and the arguments on", () => {
    function sum(this: { base: number }, a: number, b: number): number {
      return this.base + a + b;
    }
    expect(manager.with(named("a"), sum, { base: 1 }, 2, 3)).toBe(6);
  });

  test("nests, and gives the outer one back", () => {
    manager.with(named("outer"), () => {
      expect(manager.with(named("inner"), name)).toBe("inner");
      expect(name()).toBe("outer");
      expect(manager.with(manager.active(), name)).toBe("outer");
      expect(manager.with(ROOT_CONTEXT, name)).toBeUndefined();
      expect(name()).toBe("outer");
    });
  });

  test("follows promises, timers, ticks and immediates, each in its own", async () => {
    const follow = async (own: string): Promise<unknown[]> => {
      const seen = [await sleep(1).then(name)];
      await new Promise<void>((resolve) => process.nextTick(() => resolve(void seen.push(name()))));
      await new Promise<void>((resolve) => setImmediate(() => resolve(void seen.push(name()))));
      return [...seen, name(), own];
    };
    const all = ["a", "b", "c"].map((own) => manager.with(named(own), () => follow(own)));
    for (const [first, ...rest] of await Promise.all(all)) expect(rest).toEqual(rest.map(() => first));
  });

  test("leaves other storages alone", async () => {
    const other = new AsyncLocalStorage<string>();
    await other.run("theirs", async () => {
      await manager.with(named("a"), async () => {
        await sleep(1);
        expect([other.getStore(), name()]).toEqual(["theirs", "a"]);
        other.run("inner", () => expect([other.getStore(), name()]).toEqual(["inner", "a"]));
      });
      expect([other.getStore(), name()]).toEqual(["theirs", undefined]);
    });
  });

  test("binds functions and emitters", async () => {
    expect(manager.bind(named("a"), () => name())()).toBe("a");
    const emitter = manager.bind(named("b"), new EventEmitter());
    const heard = new Promise((resolve) => emitter.on("x", () => resolve(name())));
    emitter.emit("x");
    expect(await heard).toBe("b");
    const waits = once(emitter, "y");
    emitter.emit("y");
    await waits;
  });

  test("after an end there is no context left, and another one may begin", () => {
    manager.with(named("a"), () => {
      manager.disable();
      expect(name()).toBeUndefined();
    });
    manager.enable();
    expect(manager.with(named("b"), name)).toBe("b");
  });
});
