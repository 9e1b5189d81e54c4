import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { Spool, type SpoolOptions } from "../../../src/spool/index.ts";
import { readRecords } from "../../../src/spool/record.ts";
import { collectLog } from "../../harness/probe.ts";

export const URL_A = "https://sentry.acme.example/api/1/";

/** A directory for a spool, not made yet, that is gone when the test is finished. */
export function spoolDirectory(): string {
  const above = mkdtempSync(join(tmpdir(), "tracekeep-spool-"));
  onTestFinished(() => rmSync(above, { recursive: true }));
  return join(above, "spool");
}

/** A spool that is closed when the test is finished. */
export function openSpool(directory: string, more: Partial<SpoolOptions> = {}): Spool {
  const spool = new Spool({
    directory,
    url: URL_A,
    bytes: 67_108_864,
    maxAgeMs: 60_000,
    destination: "sentry test",
    contentType: "text/plain",
    logger: collectLog().logger,
    ...more,
  });
  onTestFinished(() => spool.close());
  return spool;
}

/** Sends all that the spool gives; the bodies. */
export function sendAll(spool: Spool): string[] {
  const bodies: string[] = [];
  for (let claim = spool.claim(); claim !== undefined; claim = spool.claim()) {
    for (const record of claim.records) {
      bodies.push(Buffer.from(record.body).toString());
      claim.settle(record);
    }
    claim.close();
  }
  return bodies;
}

/** The requests in a directory, decompressed. */
export function readSpooled(directory: string): string[] {
  return readdirSync(directory)
    .flatMap((name) => readRecords(readFileSync(join(directory, name))).records)
    .map(({ body }) => gunzipSync(body).toString());
}
