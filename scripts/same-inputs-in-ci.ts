import { readFileSync } from "node:fs";
import { expect } from "vitest";

// At a desk each run of a property tries other inputs. In CI they are the same ones: a change is judged by what it changes.
const { testPath } = expect.getState();
if (process.env.CI && testPath !== undefined && readFileSync(testPath, "utf8").includes('"fast-check"')) {
  const { default: fc } = await import("fast-check");
  fc.configureGlobal({ seed: 20_260_101 });
}
