import { readFileSync } from "node:fs";
import { TracekeepError } from "../../../tracekeep-error.ts";
import { parseProjectFile } from "./faults.ts";
import { type ProjectFile, slug } from "./schema.ts";

/** What the commands work with: which project, how it is reached, and how it is to be. */
export interface Settings {
  /** Of Sentry, without a slash at the end. */
  readonly url: string;
  readonly organization: string;
  readonly project: string;
  /** Secret. */
  readonly token: string;
  readonly file: ProjectFile;
}

/** Of a header, and of a token: visible, and in ASCII. */
const TOKEN = /^[!-~]*$/;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Reads a project's file and the environment; SENTRY_ORG, SENTRY_PROJECT and SENTRY_URL win over the file.
 * @throws TracekeepError INVALID_CONFIG that names every fault, without the token
 */
export function loadSettings(path: string, env: NodeJS.ProcessEnv = process.env): Settings {
  const file = parseProjectFile(read(path), path);
  const faults: string[] = [];
  const need = (value: string | undefined, fault: string): string => {
    if (value === undefined || value === "") faults.push(fault);
    return value ?? "";
  };
  const set = (name: string): string | undefined => env[name]?.trim() || undefined;
  const setSlug = (name: string): string | undefined => {
    const value = set(name);
    // Not shown: it may be a token in the wrong place.
    const { error } = slug.optional().safeParse(value);
    faults.push(...(error?.issues ?? []).map(({ message }) => `${name} is none: ${message}`));
    return value;
  };
  const organization = need(
    setSlug("SENTRY_ORG") ?? file.organization,
    `no organization: write organization in ${path}, or set SENTRY_ORG`,
  );
  const project = need(
    setSlug("SENTRY_PROJECT") ?? file.project,
    `no project: write project in ${path}, or set SENTRY_PROJECT`,
  );
  const token = need(
    set("SENTRY_AUTH_TOKEN"),
    "no token: set SENTRY_AUTH_TOKEN to one with project:read, project:write, alerts:read and alerts:write",
  );
  if (!TOKEN.test(token))
    faults.push(
      "SENTRY_AUTH_TOKEN has a character that no token has (a blank, a line break, or one outside ASCII): copy it anew, alone",
    );
  const url = baseUrl(set("SENTRY_URL") ?? file.url ?? "https://sentry.io", faults);
  if (faults.length > 0) throw new TracekeepError("INVALID_CONFIG", faults.join("\n"));
  return { url, organization, project, token, file };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TracekeepError(
      "INVALID_CONFIG",
      `${path} cannot be read (${code}): name the project's file with --file`,
    );
  }
}

function baseUrl(text: string, faults: string[]): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    faults.push("the URL of Sentry is none: write one such as https://sentry.io, without a login");
  } else if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    faults.push(`${url.origin} would get the token unencrypted: write https://`);
  }
  return url === undefined ? "" : `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}
