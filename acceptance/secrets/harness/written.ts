import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findSecrets, isDeath } from "./find-secrets.ts";
import { PLANTED } from "./planted.ts";
import { transcribe } from "./transcript.ts";

/** All that processes write and send from now on until it is disposed. */
export class Written implements Disposable {
  readonly #sources = new Map<string, Buffer[]>();
  readonly #end = transcribe((source, bytes) => this.add(source, bytes));

  add(source: string, bytes: Buffer): void {
    const chunks = this.#sources.get(source) ?? [];
    this.#sources.set(source, chunks);
    chunks.push(bytes);
  }

  /** Adds an answer, in its own words and as JSON. */
  addAnswer(source: string, answer: unknown): void {
    const shown = JSON.stringify(answer, (_, value) => (typeof value === "bigint" ? String(value) : value));
    this.add(source, Buffer.from(`${shown}\n`));
  }

  /** Adds the files of a folder; returns how many they are. */
  addFolder(folder: string): number {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) =>
      file.isFile(),
    );
    for (const { parentPath, name } of files) this.add(`file ${name}`, readFileSync(join(parentPath, name)));
    return files.length;
  }

  /** Which planted secrets stand where. */
  findings(): string[] {
    return this.#all().flatMap(([source, written]) =>
      findSecrets(PLANTED, written).map((name) => `${name} in ${source}`),
    );
  }

  /** Which of these harmless texts are nowhere. */
  missing(markers: readonly string[]): string[] {
    const all = this.#all().map(([, written]) => written);
    return markers.filter((marker) => !all.some((written) => written.includes(marker)));
  }

  /** How many processes died of an uncaught exception, which Node.js then printed. */
  deaths(): number {
    return this.#all().filter(([, written]) => isDeath(written.toString("latin1"))).length;
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  #all(): [string, Buffer][] {
    return Array.from(this.#sources, ([source, chunks]) => [source, Buffer.concat(chunks)]);
  }
}
