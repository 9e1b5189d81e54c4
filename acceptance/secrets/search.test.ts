import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import searchAtTheEnd from "./search.ts";

afterEach(() => vi.unstubAllEnvs());

const folderOfRun = () => process.env.SECRETS_FOLDER ?? "";

test("what the processes of these tests write is put aside for the search", async () => {
  const child = spawn(process.execPath, ["-e", "console.log('order 4711')"]);
  await once(child, "close");
  const file = readdirSync(folderOfRun()).find((name) => name.endsWith(` ${child.pid}-stdout`));
  expect(readFileSync(join(folderOfRun(), file ?? "")).toString()).toBe("order 4711\n");
});

test.each(["publickey", Buffer.from("<publickey>").toString("base64")])(
  "tests in which %s was written fail in the end, and are named",
  (written) => {
    vi.stubEnv("SECRETS_FOLDER", "");
    const end = searchAtTheEnd();
    const folder = folderOfRun();
    writeFileSync(join(folder, "acceptance~story.test.ts 17-stderr"), `the key is ${written}`);
    expect(end).toThrow("the intakes' DSN key in acceptance/story.test.ts 17-stderr");
    expect(existsSync(folder)).toBe(false);
  },
);

test("tests in which no secret was written do not", () => {
  vi.stubEnv("SECRETS_FOLDER", "");
  const end = searchAtTheEnd();
  writeFileSync(join(folderOfRun(), "acceptance~story.test.ts 17-stderr"), "order 4711");
  expect(end).not.toThrow();
});
