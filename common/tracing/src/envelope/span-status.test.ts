import { status as Status } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { statusOf } from "./span-status.ts";

const name = (attributes: Record<string, number>, code = 0) =>
  statusOf({ attributes: new Map(Object.entries(attributes)), status: { code, message: "" } });

/** Sentry has gRPC's names, but for two. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  UNKNOWN: "unknown_error",
  INTERNAL: "internal_error",
};

const CODES = Object.entries(Status).filter(
  (entry): entry is [string, Status] => typeof entry[1] === "number",
);

test("there are seventeen", () => expect(CODES).toHaveLength(17));

test.each(CODES)("gRPC's %s is Sentry's", (grpc, code) => {
  expect(name({ "rpc.grpc.status_code": code }, 2)).toBe(OTHER_NAMES[grpc] ?? grpc.toLowerCase());
});

test("a code that does not exist is unknown", () => {
  expect(name({ "rpc.grpc.status_code": 99 })).toBe("unknown_error");
});

test.each([
  [200, "ok"],
  [304, "ok"],
  [400, "invalid_argument"],
  [401, "unauthenticated"],
  [404, "not_found"],
  [429, "resource_exhausted"],
  [499, "cancelled"],
  [500, "internal_error"],
  [503, "unavailable"],
  [504, "deadline_exceeded"],
])("HTTP's %i is %s", (http, expected) => {
  expect(name({ "http.response.status_code": http })).toBe(expected);
});

test("without either, an error is an internal one", () => {
  expect([name({}, 0), name({}, 1), name({}, 2)]).toEqual(["ok", "ok", "internal_error"]);
  expect(name({ "http.response.status_code": 200 }, 2)).toBe("internal_error");
});
