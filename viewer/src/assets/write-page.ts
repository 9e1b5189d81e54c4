import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundlePage } from "./bundle-page.ts";

/** Writes the page's files for the published package into its `page` folder. */
const folder = join(import.meta.dirname, "../../dist/page");
const { script, style, icon } = await bundlePage();
await mkdir(folder, { recursive: true });
await Promise.all([
  writeFile(join(folder, "page.js"), script),
  writeFile(join(folder, "page.css"), style),
  writeFile(join(folder, "icon.svg"), icon),
]);
