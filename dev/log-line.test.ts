import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readableLine } from "./log-line.ts";

const entry = {
  level: "warn",
  time: "2026-01-31T12:34:56.789Z",
  service: "ledger",
  version: "0.1.0",
  environment: "development",
  msg: "not ready",
};

function read(line: unknown): string {
  const text = typeof line === "string" ? line : JSON.stringify(line);
  return stripVTControlCharacters(readableLine("ledger", text, (id) => `http://127.0.0.1:4319/trace/${id}`));
}

test("a line shows time, service, level, message and fields, and not what all lines have", () => {
  expect(
    read({ ...entry, address: "127.0.0.1:1", reason: "no answer", waitedMs: 7, gone: { by: null } }),
  ).toBe(
    '12:34:56.789 ledger   warn  not ready address=127.0.0.1:1 reason="no answer" waitedMs=7 gone={"by":null}',
  );
});

test("a line of a trace ends with where it is shown", () => {
  const trace_id = "0af7651916cd43dd8448eb211c80319c";
  expect(read({ ...entry, trace_id, span_id: "b7ad6b7169203331" })).toBe(
    `12:34:56.789 ledger   warn  not ready http://127.0.0.1:4319/trace/${trace_id}`,
  );
  expect(read({ ...entry, trace_id: "../elsewhere" })).toBe("12:34:56.789 ledger   warn  not ready");
});

test("an error stands below its line with its stack", () => {
  const err = { type: "Error", message: "no bank", stack: "Error: no bank\n    at ask (bank.ts:7)" };
  expect(
    read({ ...entry, err })
      .split("\n")
      .slice(1),
  ).toEqual(["    Error: no bank", "        at ask (bank.ts:7)"]);
  expect(read({ ...entry, err: { type: "Error", message: "no bank" } })).toContain("\n    Error: no bank");
});

test("long values are cut", () => {
  expect(read({ ...entry, stats: "x".repeat(10_000) }).length).toBeLessThan(300);
});

test("what is no line of the log stays as it is", () => {
  for (const line of ["SyntaxError: Unexpected token ';'", "{}", "null", '"text"', "[1]", '{"level":"info"}'])
    expect(read(line)).toBe(`ledger   ${line}`);
});

test("nothing that a service writes controls the terminal", () => {
  const text = fc.string({ unit: "binary" });
  const value = fc.anything({ values: [text, fc.integer()] });
  const line = fc.oneof(
    text,
    fc.dictionary(text, value).map((more) => JSON.stringify({ ...entry, ...more })),
    fc
      .record({ msg: text, err: fc.record({ type: text, message: text, stack: text }), trace_id: text })
      .map((more) => JSON.stringify({ ...entry, ...more })),
  );
  fc.assert(
    fc.property(line, (written) => {
      const shown = readableLine("ledger", written, (id) => `/trace/${id}`);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those of the colours are the only ones.
      expect(shown.replace(/\u001b\[\d+m/g, "")).not.toMatch(/(?![\t\n])\p{Cc}/u);
    }),
  );
});
