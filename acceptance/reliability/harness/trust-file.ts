import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file with certificates that a service is to trust; none without certificates. */
export class TrustFile implements Disposable {
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string | undefined;

  constructor(pem: string | undefined) {
    if (pem === undefined) {
      this.env = {};
      return;
    }
    this.#folder = mkdtempSync(join(tmpdir(), "tracekeep-trust-"));
    const file = join(this.#folder, "ca.pem");
    writeFileSync(file, pem);
    this.env = { TRACE_EXPORT_CA_FILE: file };
  }

  [Symbol.dispose](): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true });
  }
}
