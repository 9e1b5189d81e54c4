import { cpSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { emptyFolder } from "../../../common/tracing/test/cli/harness/run-cli.ts";

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, "../../..");

/** A service of its own, with these files; `package.json` names what it depends on. */
export function serviceFolder(files: Readonly<Record<string, string>>): string {
  const folder = realpathSync(emptyFolder());
  const dependencies = { tracekeep: "*", "@opentelemetry/api": "*", "@grpc/grpc-js": "*" };
  const manifest = JSON.stringify({ name: "ledger", type: "module", dependencies });
  for (const [name, text] of Object.entries({ "package.json": manifest, ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

/** Installs Tracekeep in it, and another version of grpc-js than Tracekeep's. */
export function installWithOwnGrpc(folder: string): void {
  const modules = join(folder, "node_modules");
  for (const scope of ["@grpc", "@opentelemetry"]) mkdirSync(join(modules, scope), { recursive: true });
  const grpc = dirname(require.resolve("@grpc/grpc-js/package.json"));
  cpSync(grpc, join(modules, "@grpc/grpc-js"), { recursive: true });
  const manifest = join(modules, "@grpc/grpc-js/package.json");
  writeFileSync(manifest, JSON.stringify({ ...require("@grpc/grpc-js/package.json"), version: "1.14.0" }));
  const links = ["@grpc/proto-loader", "@js-sdsl", "@opentelemetry/api", "@types", "protobufjs", "long"];
  for (const name of links) symlinkSync(join(grpc, "../..", name), join(modules, name));
  symlinkSync(join(root, "common/tracing"), join(modules, "tracekeep"));
}
