import { AsyncLocalStorage } from "node:async_hooks";
import { context, createContextKey } from "@opentelemetry/api";
import { expect, test } from "vitest";
import type { ProbeHandlers } from "./harness/probe.ts";
import { withScene } from "./harness/scene.ts";

const KEY = createContextKey("test");
const own = new AsyncLocalStorage<string>();
/** What a callback sees: the caller's OpenTelemetry context, and a storage of the caller's own. */
const seen = (): readonly unknown[] => [context.active().getValue(KEY), own.getStore()];
const as = <T>(name: string, run: () => T): T =>
  own.run(name, () => context.with(context.active().setValue(KEY, name), run));

const handlers: ProbeHandlers = {
  unary: (call, callback) => callback(null, call.request),
  serverStream(call) {
    for (let count = 0; count < 3; count++) call.write({ text: "", count });
    call.end();
  },
};

for (const tracedBy of ["options", "interceptors"] as const)
  test(`callbacks of a client's calls run where the caller was, however many are under way: traced by ${tracedBy}`, async () => {
    await withScene(
      handlers,
      async ({ client }) => {
        const names = Array.from({ length: 30 }, (_, index) => `caller ${index}`);
        const unary = (name: string) =>
          as(
            name,
            () =>
              new Promise((resolve) => {
                const call = client.unary({ text: "", count: 0 }, () => resolve([atMetadata, seen()]));
                let atMetadata: unknown;
                call.on("metadata", () => {
                  atMetadata = seen();
                });
              }),
          );
        const stream = (name: string) =>
          as(
            name,
            () =>
              new Promise((resolve) => {
                const all: unknown[] = [];
                const call = client.serverStream({ text: "", count: 0 });
                call.on("data", () => all.push(seen())).on("status", () => resolve([...all, seen()]));
              }),
          );
        for (const [kind, expected] of [
          [unary, 2],
          [stream, 4],
        ] as const)
          expect(await Promise.all(names.map(kind))).toEqual(
            names.map((name) => new Array(expected).fill([name, name])),
          );
      },
      { tracedBy },
    );
  });
