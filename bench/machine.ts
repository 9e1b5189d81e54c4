import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { cpus, loadavg } from "node:os";

/** Where and when the run took place, and of what. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Processes that wanted to run in the minute before: well below the cores on a quiet machine. */
  readonly loadBefore: number;
  readonly node: string;
  readonly grpcJs: string;
  readonly tracekeep: string;
  /** ISO 8601. */
  readonly date: string;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    loadBefore: loadavg()[0] ?? 0,
    node: process.version,
    grpcJs: versionOf("@grpc/grpc-js"),
    tracekeep: versionOf("tracekeep"),
    date: new Date().toISOString(),
  };
}

function versionOf(name: string): string {
  const file = findPackageJSON(name, import.meta.url);
  return file === undefined ? "unknown" : JSON.parse(readFileSync(file, "utf8")).version;
}
