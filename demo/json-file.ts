import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type Intake, toOtlpJson } from "tracekeep-viewer";

/**
 * Writes each export request that the intake takes as a line of OTLP JSON; resolves to a function that ends the file.
 * Rejects if the file cannot be written.
 */
export async function writeOtlpJson(intake: Intake, path: string): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true });
  const file = createWriteStream(path);
  await once(file, "open");
  const stop = intake.onExport((request) => file.write(`${JSON.stringify(toOtlpJson(request))}\n`));
  return async () => {
    stop();
    file.end();
    await once(file, "close");
  };
}
