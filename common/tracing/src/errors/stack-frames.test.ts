import { createStackParser } from "@sentry/core";
import { nodeStackLineParser } from "@sentry/core/server";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseStack } from "./stack-frames.ts";

const parseLikeSentry = createStackParser(nodeStackLineParser());

test("the frames of a real error are its calls, the innermost last", () => {
  const inner = (): Error => new RangeError("out of range");
  const outer = (): Error => inner();
  const frames = parseStack(outer().stack ?? "");
  expect(frames.slice(-2)).toEqual([
    expect.objectContaining({ function: "outer", filename: import.meta.filename, in_app: true }),
    expect.objectContaining({ function: "inner", filename: import.meta.filename, in_app: true }),
  ]);
  expect(frames.at(-1)?.lineno).toBeGreaterThan(1);
  expect(frames.at(-1)?.colno).toBeGreaterThan(1);
});

test.each([
  ["at post (file:///srv/ledger.ts:12:7)", { function: "post", filename: "/srv/ledger.ts", lineno: 12, colno: 7, in_app: true }],
  ["at async Ledger.post (/srv/ledger.ts:12:7)", { function: "Ledger.post", filename: "/srv/ledger.ts", lineno: 12, colno: 7, in_app: true }],
  ["at new Ledger (/srv/a b.ts:1:2)", { function: "new Ledger", filename: "/srv/a b.ts", lineno: 1, colno: 2, in_app: true }],
  ["at /srv/ledger.ts:3:4", { function: "?", filename: "/srv/ledger.ts", lineno: 3, colno: 4, in_app: true }],
  ["at async file:///srv/main.ts:9:1", { function: "?", filename: "/srv/main.ts", lineno: 9, colno: 1, in_app: true }],
  ["at run (/srv/node_modules/pg/lib/query.js:5:6)", { function: "run", filename: "/srv/node_modules/pg/lib/query.js", lineno: 5, colno: 6, in_app: false }],
  ["at emit (node:events:508:28)", { function: "emit", filename: "node:events", lineno: 508, colno: 28, in_app: false }],
  ["at Array.map (<anonymous>)", { function: "Array.map", in_app: false }],
  ["at async Promise.all (index 0)", { function: "Promise.all", in_app: false }],
  ["at C:\\srv\\ledger.ts:3:4", { function: "?", filename: "C:\\srv\\ledger.ts", lineno: 3, colno: 4, in_app: true }],
])("%s", (line, frame) => {
  expect(parseStack(`Error: no\n    ${line}`)).toEqual([frame]);
}); // biome-ignore format: a line a case

test("lines and files are those that Sentry's own parser finds", () => {
  const stack = [
    "TypeError: cannot read",
    "    at Ledger.#post (file:///srv/services/ledger/src/post.ts:40:11)",
    "    at async Object.<anonymous> (/srv/app.ts:1:20)",
    "    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)",
    "    at async /srv/node_modules/kysely/dist/esm/query.js:88:9",
  ].join("\n");
  const pick = ({ filename, lineno, colno, in_app }: Record<string, unknown>): object => ({
    filename,
    lineno,
    colno,
    in_app,
  });
  expect(parseStack(stack).map((frame) => pick({ ...frame }))).toEqual(
    parseLikeSentry(stack).map((frame) => pick({ ...frame })),
  );
});

test("of a deep stack the innermost 50 calls are kept", () => {
  const stack = Array.from({ length: 80 }, (_, index) => `    at call${index} (/srv/a.ts:${index + 1}:1)`);
  const frames = parseStack(stack.join("\n"));
  expect(frames).toHaveLength(50);
  expect(frames.at(-1)?.function).toBe("call0");
  expect(frames[0]?.function).toBe("call49");
});

test("any text is read without a throw, into no more frames than lines", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string(), fc.constantFrom("    at ", "    at (", "    at x (y:1", "    at async ")),
      ),
      (lines) => {
        expect(parseStack(lines.join("\n")).length).toBeLessThanOrEqual(lines.join("\n").split("\n").length);
      },
    ),
  );
});
