import { type Document, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { nearest } from "../../../config/misspelt.ts";
import { TracekeepError } from "../../../tracekeep-error.ts";
import { type ProjectFile, projectFile } from "./schema.ts";

/** What operators look for here, and Sentry takes by its pages only. */
const BY_HAND: Readonly<Record<string, string>> = {
  sampling: "set it by hand, under Settings > Projects; Sentry's web API has no field for it",
  retention: "it goes with the plan or the server; Sentry's web API has no field for it",
};

/**
 * Reads the text of a project's file.
 * @param file its path, for messages
 * @throws TracekeepError INVALID_CONFIG that names every fault by line, path, value and fix
 */
export function parseProjectFile(text: string, file: string): ProjectFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    const [what] = broken.message.split(/ at line \d/);
    throw fault([`${file}:${line}:${col} is no YAML: ${what}`]);
  }
  const content = contentOf(document, file);
  const parsed = projectFile.safeParse(content ?? {});
  if (parsed.success) return parsed.data;
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined;
      if (node?.range !== undefined) return lines.linePos(node.range[0]).line;
    }
    return 1;
  };
  throw fault(
    parsed.error.issues
      .flatMap(explain)
      .map(({ path, says }) => `${file}:${lineOf(path)} ${says(valueAt(content, path))}`),
  );
}

/** Aliases are followed only here: one may lead nowhere, or be one of too many. */
function contentOf(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw fault([`${file} cannot be read: ${(error as Error).message}; write the values out`]);
  }
}

interface Explained {
  readonly path: readonly PropertyKey[];
  says(value: unknown): string;
}

function explain(issue: z.core.$ZodIssue): Explained[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...path, key],
      says: () =>
        `${written([...path, key])} is not a setting: ${Object.hasOwn(BY_HAND, key) ? BY_HAND[key] : advice(key, path)}`,
    }));
  }
  const at = (fix: (value: unknown) => string): Explained[] => [
    { path, says: (value) => `${written(path)} is ${shown(value)}; ${fix(value)}` },
  ];
  if (issue.code === "invalid_value") return at((value) => oneOf(value, issue.values.map(String)));
  if (issue.code === "invalid_type") {
    const isOurs = !issue.message.startsWith("Invalid input");
    return at(() => (isOurs ? issue.message : `write ${article(issue.expected)}`));
  }
  if (issue.code === "invalid_key") {
    const [name, fix] = [path.at(-1), issue.issues[0]?.message ?? issue.message];
    return [{ path, says: () => `${written(path.slice(0, -1))} has the name ${shown(name)}; ${fix}` }];
  }
  if (issue.code === "invalid_union") {
    const known = ["failure_rate", "p50", "p75", "p95", "p99"];
    return at((value) => oneOf(value, known));
  }
  if (issue.code === "invalid_format" && issue.format === "url") {
    return at(() => "write a URL such as https://sentry.io");
  }
  if (issue.code === "custom" && Array.isArray(issue.params?.known)) {
    return at((value) => oneOf(value, issue.params?.known));
  }
  return at(() => issue.message);
}

function advice(key: string, path: readonly PropertyKey[]): string {
  const meant = nearest(key, path.length === 0 ? Object.keys(projectFile.shape) : KEYS);
  return meant === undefined ? "remove it" : `did you mean ${meant}?`;
}

const KEYS = [
  ...["name", "measure", "spans", "above", "window", "environment", "priority", "team", "description"],
  ...["monitors", "notify", "every", "service", "teams"],
];

function oneOf(value: unknown, known: readonly string[]): string {
  const meant = typeof value === "string" ? nearest(value, known) : undefined;
  return `write one of ${known.join(", ")}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

function article(expected: string): string {
  return (
    { array: "a list", object: "a mapping", record: "a mapping", string: "a text" }[expected] ?? expected
  );
}

function shown(value: unknown): string {
  if (value === undefined) return "missing";
  // By aliases it may have itself inside.
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a mapping";
  return JSON.stringify(value);
}

/** As in `monitors[0].above`. */
function written(path: readonly PropertyKey[]): string {
  if (path.length === 0) return "the file";
  return path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function fault(messages: readonly string[]): TracekeepError {
  return new TracekeepError("INVALID_CONFIG", messages.join("\n"));
}
