import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findSecrets } from "./harness/find-secrets.ts";
import { PLANTED } from "./harness/planted.ts";

/** Secrets of the settings that tests give to services. */
const OF_TESTS = { "the intakes' DSN key": "publickey", "the DSN key of a faulty setting": "topsecretkey" };

/** Around all tests: in the end no secret of theirs may stand in what processes wrote and sent. */
export default function searchAtTheEnd(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "tracekeep-written-"));
  process.env.SECRETS_FOLDER = folder;
  return () => {
    const { count, bytes, findings } = search(folder);
    rmSync(folder, { recursive: true, force: true });
    if (findings.length > 0) throw new Error(`Secrets were written or sent:\n${findings.join("\n")}`);
    if (count > 0) console.log(`No secret in ${count} outputs and intakes of processes, ${bytes} bytes.`);
  };
}

function search(folder: string): { count: number; bytes: number; findings: string[] } {
  const files = readdirSync(folder);
  const secrets = { ...PLANTED, ...OF_TESTS, ...databasePassword() };
  let bytes = 0;
  const findings = files.flatMap((file) => {
    const written = readFileSync(join(folder, file));
    bytes += written.length;
    return findSecrets(secrets, written).map((name) => `${name} in ${file.replaceAll("~", "/")}`);
  });
  return { count: files.length, bytes, findings };
}

function databasePassword(): Record<string, string> {
  const url = process.env.TEST_DATABASE_URL;
  const password = url ? decodeURIComponent(new URL(url).password) : "";
  return password === "" ? {} : { "the database's password": password };
}
