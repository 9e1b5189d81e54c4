import { expect, test } from "vitest";
import { BUILT_IN_METHOD_RULES, compileMethodRules, parseMethodRules } from "./method-rules.ts";

const verdictOf = compileMethodRules(BUILT_IN_METHOD_RULES);

test.each([
  "grpc.health.v1.Health/Check",
  "grpc.health.v1.Health/Watch",
  "grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
  "health.v1.HealthService/GetLiveness",
  "acme.health.v1.HealthService/GetHealth",
  "manifest.v1.ManifestService/GetManifest",
])("MEM-02: %s is never traced by default", (method) => {
  expect(verdictOf(method)).toBe("never");
});

test.each([
  "clinic.v1.PatientHealthService/Get",
  "clinic.v1.HealthService/GetRecord",
  "shipping.v1.ManifestService/Create",
  "freight.v1.CargoManifestService/Create",
])("MEM-02: %s does a service's own work, and is traced", (method) => {
  expect(verdictOf(method)).toBeUndefined();
});

test("a service's name counts for all its methods, and a glob for what it matches", () => {
  const of = compileMethodRules(parseMethodRules("a.v1.Books=never,a.*.Shelves=0.5,*Get=always,b.=0.1"));
  expect(of("a.v1.Books/Get")).toBe("never");
  expect(of("a.v2.Shelves/Put")).toBe(0.5);
  expect(of("a.v1.BooksOfOthers/Get")).toBe(1);
  expect(of("a.v1.BooksOfOthers/Put")).toBeUndefined();
  expect(of("b.Other/Put")).toBeUndefined();
});
