import { readFile } from "node:fs/promises";

/** A file that the browser gets. */
export interface PageFile {
  readonly type: string;
  readonly content: string;
}

/** The files of the page by their paths; "/" is the page itself. */
export type Page = ReadonlyMap<string, PageFile>;

const SCRIPT = "page.js";
const STYLE = "page.css";
const ICON = "icon.svg";

let loaded: Promise<Page> | undefined;

/** The page: as it was built, where the package is installed, or else bundled from the sources, once. */
export function loadPage(): Promise<Page> {
  loaded ??= readPage().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function readPage(): Promise<Page> {
  const built = new URL("./page/", import.meta.url);
  const script = await readFile(new URL(SCRIPT, built), "utf8").catch(() => undefined);
  if (script === undefined) return filesOf(await bundle());
  const [style, icon] = await Promise.all(
    [STYLE, ICON].map((name) => readFile(new URL(name, built), "utf8")),
  );
  return filesOf({ script, style: style ?? "", icon: icon ?? "" });
}

/** The bundler is no part of the package: named by its address, it is left out of what is built. */
async function bundle(): Promise<PageSources> {
  const bundler = new URL("./bundle-page.ts", import.meta.url);
  const { bundlePage }: typeof import("./bundle-page.ts") = await import(bundler.href);
  return bundlePage();
}

/** What the page is made of. */
export interface PageSources {
  readonly script: string;
  readonly style: string;
  readonly icon: string;
}

const HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tracekeep</title>
<link rel="icon" href="/assets/${ICON}" type="image/svg+xml">
<link rel="stylesheet" href="/assets/${STYLE}">
<script type="module" src="/assets/${SCRIPT}"></script>
</head>
<body><noscript>The viewer needs JavaScript.</noscript></body>
</html>
`;

function filesOf({ script, style, icon }: PageSources): Page {
  return new Map([
    ["/", { type: "text/html; charset=utf-8", content: HTML }],
    [`/assets/${SCRIPT}`, { type: "text/javascript; charset=utf-8", content: script }],
    [`/assets/${STYLE}`, { type: "text/css; charset=utf-8", content: style }],
    [`/assets/${ICON}`, { type: "image/svg+xml", content: icon }],
  ]);
}
