import { join } from "node:path";
import { build } from "vite";
import { fixture } from "./run-node.ts";

/** Puts a program with everything in it into a folder, as one file, whose path is the result. */
export async function bundle(name: string, folder: string, format: "es" | "cjs" = "es"): Promise<string> {
  const file = format === "es" ? "bundle.mjs" : "bundle.cjs";
  await build({
    configFile: false,
    logLevel: "error",
    root: fixture(""),
    ssr: { noExternal: true },
    build: {
      ssr: fixture(name),
      outDir: folder,
      emptyOutDir: false,
      target: "node24",
      rolldownOptions: { output: { format, entryFileNames: file } },
    },
  });
  return join(folder, file);
}
