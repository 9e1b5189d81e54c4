import { join, sep } from "node:path";
import { SERVICE_NAMES, type ServiceName } from "../demo/settings.ts";

export const ROOT = join(import.meta.dirname, "..");

/** Where the services' data is kept between reloads. */
export const DATA = join(ROOT, ".dev");

export function serviceFolder(name: ServiceName): string {
  return join(ROOT, "services", name);
}

const LEFT_OUT = new Set(["node_modules", "dist", "test", "testing"]);

/** Whether a folder below the root, by its relative path, may hold what services are made of. */
export function holdsSources(folder: string): boolean {
  const [first = "", ...rest] = folder.split(sep);
  return ["services", "common", "proto"].includes(first) && !rest.some((name) => LEFT_OUT.has(name));
}

/** The services that are made of a file, by its path relative to the root. */
export function servicesMadeOf(file: string): readonly ServiceName[] {
  const parts = file.split(sep);
  const isSetting = parts.at(-1) === ".env";
  if (!isSetting && (parts.length < 3 || !/(?<!\.test)\.(ts|json)$/.test(file))) return [];
  if (parts[0] !== "services") return parts.length === 1 || !isSetting ? SERVICE_NAMES : [];
  return SERVICE_NAMES.filter((name) => name === parts[1]);
}
