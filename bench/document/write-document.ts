import { mkdir, rm, writeFile } from "node:fs/promises";
import type { BenchResults } from "../results.ts";
import { composeDocument } from "./compose-document.ts";

const DOCS = new URL("../../docs/", import.meta.url);

/** Writes docs/PERFORMANCE.md and its pictures anew. */
export async function writeDocument(results: BenchResults): Promise<void> {
  await rm(new URL("performance", DOCS), { recursive: true, force: true });
  for (const [name, content] of composeDocument(results)) {
    const file = new URL(name, DOCS);
    await mkdir(new URL(".", file), { recursive: true });
    await writeFile(file, content);
  }
}
