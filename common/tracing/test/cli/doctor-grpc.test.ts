import { expect, test } from "vitest";
import { INSTALLED, type Manifests, packageFolder } from "./harness/package-folder.ts";
import { doctor } from "./harness/run-cli.ts";

const NAME = "@grpc/grpc-js";
const OWN = `node_modules/${NAME}`;

const grpc = (version: string): object => ({ name: NAME, version });
const saidOf = async (more: Manifests) =>
  (await doctor({}, packageFolder({ ...INSTALLED, ...more }))).of(NAME);

/** A library that calls Google, with a copy of grpc-js of its own. */
const withLibrary = (version: string): Manifests => ({
  "": { name: "ledger", dependencies: { tracekeep: "*", "@opentelemetry/api": "*", [NAME]: "*", gax: "*" } },
  "node_modules/gax": { name: "gax", version: "4.0.0", dependencies: { [NAME]: "*" } },
  [`node_modules/gax/${OWN}`]: grpc(version),
});

test("a second version is a warning", async () => {
  expect(await saidOf(withLibrary("1.14.0"))).toEqual([
    expect.objectContaining({
      verdict: "warning",
      message: expect.stringMatching(/is installed in 2 versions \(.*1\.14\.0 by gax/),
    }),
  ]);
});

test.each([
  ["named among the dependencies", {}],
  [
    "not named",
    {
      "": { name: "ledger", dependencies: { old: "*", tracekeep: "*" } },
      "node_modules/old": needing("old"),
    },
  ],
])("a copy of the service's own without server interceptors is a fault: %s", async (_, more) => {
  const [first, ...others] = await saidOf({ ...more, [OWN]: grpc("1.9.15") });
  expect(first).toMatchObject({
    verdict: "fault",
    message: "1.9.15 has no server interceptors: incoming calls are not traced",
    fix: 'run "npm install @grpc/grpc-js@^1.12.0"',
  });
  expect(others).toEqual([]);
});

test("a library's old copy is a warning that names the library, since the service's server is traced", async () => {
  const { code, checks } = await doctor({}, packageFolder({ ...INSTALLED, ...withLibrary("1.9.15") }));
  expect(code).toBe(0);
  expect(checks.filter(({ name }) => name === NAME)).toEqual([
    expect.objectContaining({ verdict: "ok", message: "1.14.7" }),
    expect.objectContaining({
      verdict: "warning",
      message: expect.stringContaining("(1.9.15 by gax)"),
      fix: expect.stringContaining("update gax"),
    }),
  ]);
});

function needing(name: string): object {
  return { name, version: "1.0.0", dependencies: { [NAME]: "*" } };
}
