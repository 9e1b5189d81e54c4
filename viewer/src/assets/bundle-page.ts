import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import type { PageSources } from "./page-files.ts";

const PAGE = new URL("../page/", import.meta.url);

/** Bundles the page from its sources. Rejects with the place where they are wrong. */
export async function bundlePage(): Promise<PageSources> {
  const [script, style, icon] = await Promise.all([
    bundleScript(fileURLToPath(import.meta.resolve("../page/main.tsx"))),
    joinStyles(new URL("styles/", PAGE)),
    readFile(new URL("icon.svg", PAGE), "utf8"),
  ]);
  return { script, style, icon };
}

async function bundleScript(input: string): Promise<string> {
  await using bundle = await rolldown({
    input,
    platform: "browser",
    transform: { target: "es2022" },
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  return output[0].code;
}

/** The style sheets one after the other, in the order of their names. */
async function joinStyles(folder: URL): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".css")).sort();
  const sheets = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
  return sheets.join("\n");
}
