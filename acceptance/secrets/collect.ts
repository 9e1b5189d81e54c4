import { appendFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "vitest";
import { transcribe } from "./harness/transcript.ts";

// Before each test file: all that its processes write, and all that its intakes receive, is put aside for the search.
const { SECRETS_FOLDER } = process.env;
const root = join(import.meta.dirname, "../..");
const file = relative(root, expect.getState().testPath ?? "");
// The search's own tests write secrets on purpose.
if (SECRETS_FOLDER && /^(?:acceptance|demo|services)\/(?!secrets\/harness\/)/.test(file)) {
  const name = file.replaceAll("/", "~");
  transcribe((source, bytes) => appendFileSync(join(SECRETS_FOLDER, `${name} ${source}`), bytes));
}
