import { spellings } from "./spellings.ts";

/** Node.js itself prints an exception that nobody catches, as it is, and then its own version. */
const NODES_OWN = /\n\nNode\.js v\d+\.\d+\.\d+\n$/;

/** Whether this is what Node.js prints when a process dies of an exception: its text is the user's own. */
export function isDeath(written: string): boolean {
  return NODES_OWN.test(written);
}

/** The names of the secrets that stand in what was written, in any spelling; what Node.js prints at a death is left out. */
export function findSecrets(secrets: Readonly<Record<string, string>>, written: Buffer): string[] {
  const text = written.toString("latin1");
  if (isDeath(text)) return [];
  return Object.keys(secrets).filter((name) =>
    spellings(secrets[name] ?? "").some((spelling) => text.includes(spelling)),
  );
}
