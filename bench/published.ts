import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Node's arguments for a process that is to use the library as it is published, and not its sources. */
export const PUBLISHED: readonly string[] = ["--conditions=published"];

/** Builds the library, so that what is measured is what users install, as it is now. */
export async function buildLibrary(): Promise<void> {
  await promisify(execFile)(process.execPath, [new URL("../scripts/build.ts", import.meta.url).pathname]);
}
