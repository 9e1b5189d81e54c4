import { expect, test } from "vitest";
import { createSanitizer } from "../sanitize/index.ts";
import { describeException, describeOrigin } from "./exception.ts";

const sanitizer = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });
const describe = (thrown: unknown) => describeException(thrown, sanitizer);
const originOf = (thrown: unknown) => describeOrigin(thrown, sanitizer);
const messages = (thrown: unknown) => originOf(thrown).causes?.map(({ message }) => message);

test("an error is told with what caused it, nearest first and without secrets", () => {
  const driver = new Error("password=hunter2 is wrong");
  const database = new TypeError("no connection", { cause: driver });
  const error = new Error("transfer failed", { cause: database });
  const { type, message } = describe(error);
  const { causes } = originOf(error);
  expect([type, message]).toEqual(["Error", "transfer failed"]);
  expect(causes?.map((cause) => [cause.type, cause.message])).toEqual([
    ["TypeError", "no connection"],
    ["Error", "password=[Filtered] is wrong"],
  ]);
  expect(causes?.[0]?.stack).toContain("exception.test.ts");
});

test("the errors of an AggregateError are told, and stand for the message that it has not", () => {
  const refused = [
    new Error("connect ECONNREFUSED ::1:5432"),
    new Error("connect ECONNREFUSED 127.0.0.1:5432"),
  ];
  // As Node makes it, with a code.
  const error = Object.assign(new AggregateError(refused), { code: "ECONNREFUSED" });
  const { type, message } = describe(error);
  expect([type, message]).toEqual(["AggregateError", "connect ECONNREFUSED ::1:5432"]);
  expect(messages(new AggregateError(refused))).toEqual(refused.map((error) => error.message));
});

test("causes are bounded, whatever they lead to", () => {
  const circle: Error & { cause?: unknown } = new Error("first");
  circle.cause = new Error("second", { cause: circle });
  expect(messages(circle)).toEqual(["second"]);
  let deep = new Error("0");
  for (let depth = 1; depth < 100; depth++) deep = new Error(String(depth), { cause: deep });
  expect(messages(deep)).toEqual(["98", "97", "96", "95", "94"]);
  const wide = new AggregateError(Array.from({ length: 1_000 }, (_, index) => new Error(String(index))));
  expect(messages(wide)).toHaveLength(5);
  const hostile = { name: "Hostile", message: "no", get cause() { throw new Error("not for you"); } }; // biome-ignore format: one line
  expect(describe(hostile)).toMatchObject({ type: "Hostile", message: "no" });
  expect(messages(new Error("text", { cause: "a text" }))).toEqual(["a text"]);
});

test.each([
  [{ reason: "x", amount: 5 }, "Object", "an object with reason, amount"],
  [{}, "Object", ""],
  [Object.assign(new Error(""), { code: "EACCES" }), "Error", "EACCES"],
  [{ code: "E42", message: "" }, "E42", "E42"],
])("what has no message says what there is: %j", (thrown, type, message) => {
  expect(describe(thrown)).toMatchObject({ type, message });
});

test("a long message does not push the frames out of the stack", () => {
  const { stack } = describe(new RangeError("x".repeat(20_000)));
  expect(stack).toMatch(/^RangeError: x{900,1100}/);
  expect(stack).toMatch(/\n +at .*exception\.test\.ts/);
  const { stack: lines } = describe(new Error("line\n    at first sight\n".repeat(2_000)));
  expect(lines).toMatch(/exception\.test\.ts/);
  expect((lines ?? "").length).toBeLessThan(10_000);
  const frames = `Error: deep\n${"    at recurse (/srv/a.js:1:1)\n".repeat(1_000)}`;
  for (const tail of ["", "Require stack:\n- /srv/b.js"]) {
    const error = Object.assign(new Error("deep"), { stack: frames + tail });
    expect(describe(error).stack?.match(/recurse/g)?.length).toBeGreaterThan(200);
  }
});

test("what Sentry's SDK has captured is known by its mark", () => {
  const error = Object.defineProperty(new Error("known"), "__sentry_captured__", { value: true });
  expect(originOf(error).captured).toBe(true);
  expect(originOf(new Error("new")).captured).toBeUndefined();
});
