import { expect, test } from "vitest";
import { readOptions } from "./read-options.ts";
import { UsageError } from "./usage-error.ts";

const COMMAND = { options: { service: { type: "string" }, errors: { type: "boolean" } } } as const;

test("an option without its value does not swallow the next one", () => {
  expect(() => readOptions(COMMAND, ["--service", "--errors"])).toThrow(
    new UsageError("--service needs a value"),
  );
  expect(() => readOptions(COMMAND, ["--errors", "--service"])).toThrow("--service needs a value");
});

test("a value may begin with a dash where it is written as one word with its option", () => {
  expect(readOptions(COMMAND, ["--service=-x", "--errors"])).toMatchObject({ service: "-x", errors: true });
  expect(readOptions(COMMAND, ["--service", "x-"])).toMatchObject({ service: "x-" });
});
