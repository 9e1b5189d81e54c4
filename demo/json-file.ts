import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type Intake, toOtlpJson } from "tracekeep-viewer";

/** A file of OTLP JSON, one export request a line. */
export interface OtlpJsonFile {
  /** Writes whatever the intake takes from now on. */
  record(intake: Intake): void;
  end(): Promise<void>;
}

/** Rejects if the file cannot be written. */
export async function openOtlpJson(path: string): Promise<OtlpJsonFile> {
  await mkdir(dirname(path), { recursive: true });
  const file = createWriteStream(path);
  await once(file, "open");
  const stops: (() => void)[] = [];
  return {
    record(intake) {
      stops.push(intake.onExport((request) => file.write(`${JSON.stringify(toOtlpJson(request))}\n`)));
    },
    async end() {
      for (const stop of stops) stop();
      file.end();
      await once(file, "close");
    },
  };
}
