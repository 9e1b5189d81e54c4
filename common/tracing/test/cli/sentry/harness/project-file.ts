import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emptyFolder, runCli } from "../../harness/run-cli.ts";
import { type SentryServer, TOKEN } from "./sentry-server.ts";

/** The file that the repository brings. */
export const SHIPPED = readFileSync(
  new URL("../../../../../../deploy/sentry/project.yaml", import.meta.url),
  "utf8",
);

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tracekeep sentry …` in a folder with this text as the project's file. */
export function runSentry(
  server: Pick<SentryServer, "url">,
  args: readonly string[],
  text: string = SHIPPED,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const [command, options] = [args.slice(0, 1), args.slice(1)];
  const folder = emptyFolder();
  writeFileSync(join(folder, "project.yaml"), text);
  const settings = { SENTRY_AUTH_TOKEN: TOKEN, SENTRY_URL: server.url, ...env };
  return runCli(["sentry", ...command, "--file", "project.yaml", ...options], settings, folder);
}

export interface Planned {
  readonly ok: boolean;
  readonly changes: readonly {
    readonly action: string;
    readonly kind: string;
    readonly name: string;
    readonly fields: readonly { readonly field: string; readonly from?: string; readonly to?: string }[];
  }[];
  readonly surplus: readonly { readonly kind: string; readonly name: string }[];
  readonly notes: readonly string[];
  readonly made?: readonly { readonly kind: string; readonly name: string }[];
  readonly error?: string;
}

/** The same with `--json`, read. */
export async function asked(
  ...args: Parameters<typeof runSentry>
): Promise<Planned & { code: number | null }> {
  const [server, words, ...rest] = args;
  const { code, stdout, stderr } = await runSentry(server, [...words, "--json"], ...rest);
  if (!stdout.startsWith("{")) throw new Error(`no JSON: ${stdout}${stderr}`);
  return { code, ...(JSON.parse(stdout) as Planned) };
}
