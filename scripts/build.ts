import { execFileSync } from "node:child_process";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { build } from "tsdown";
import { bundledPackages, noticesOf } from "./bundled-packages.ts";

/** The packages that are published; each builds into its own dist folder, which is what goes to the registry. */
const PUBLISHED = ["common/tracing", "viewer"];

interface Manifest {
  readonly name: string;
  /** The source of each; with Node's `--conditions=published` what was built of it. */
  readonly exports: Readonly<
    Record<string, string | { readonly published: string; readonly default: string }>
  >;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/**
 * What goes into the packages that use it: workspaces that are not published, and OpenTelemetry's list of
 * names, of which a few are used.
 */
const BUNDLED = /^(?:@tracekeep\/|tracekeep-viewer|@opentelemetry\/semantic-conventions)/;

/** Packages whose commands share no file with the library, which is to load as little as it can. */
const STANDS_ALONE: ReadonlySet<string> = new Set(["tracekeep"]);

const root = join(import.meta.dirname, "..");
/** Fields of the manifest that mean something to those who install the package. */
const KEPT = [
  "name",
  "version",
  "description",
  "keywords",
  "license",
  "type",
  "sideEffects",
  "engines",
  "peerDependencies",
];

async function buildPackage(folder: string): Promise<boolean> {
  const cwd = join(root, folder);
  const manifest: Manifest = JSON.parse(await readFile(join(cwd, "package.json"), "utf8"));
  const commands = Object.values(manifest.bin ?? {});
  const entries = Object.values(manifest.exports).map(sourceOf);
  if (STANDS_ALONE.has(manifest.name)) {
    await bundle(cwd, entries, BUNDLED);
    // In a folder of its own, as in the sources: what both use would else leave the library's one file.
    for (const source of commands) {
      await bundle(cwd, [source], [BUNDLED, "yaml", "zod"], { outDir: join("dist", dirname(built(source))) });
    }
  } else await bundle(cwd, [...entries, ...commands], BUNDLED);
  if (manifest.scripts?.["build:page"] !== undefined)
    execFileSync(process.execPath, [join(cwd, "src/assets/write-page.ts")], { cwd, stdio: "inherit" });
  await writeFile(
    join(cwd, "dist/package.json"),
    `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`,
  );
  await copyFile(join(root, "LICENSE"), join(cwd, "dist/LICENSE"));
  await writeFile(join(cwd, "dist/THIRD-PARTY-LICENCES.txt"), noticesOf(bundledPackages(join(cwd, "dist"))));
  for (const file of ["README.md", "CHANGELOG.md"]) await copyFile(join(cwd, file), join(cwd, "dist", file));
  const { messages } = await publint({ pkgDir: join(cwd, "dist"), strict: true });
  for (const message of messages) console.error(`${manifest.name}: ${formatMessage(message, manifest)}`);
  console.log(
    `${manifest.name}: built into ${folder}/dist, ${messages.length === 0 ? "publint clean" : "publint has complaints"}`,
  );
  return messages.length === 0;
}

/** @param apart writes into another folder, and leaves what is there. */
async function bundle(
  cwd: string,
  entry: string[],
  alwaysBundle: RegExp | (RegExp | string)[],
  apart?: { readonly outDir: string },
): Promise<void> {
  await build({
    ...apart,
    cwd,
    config: false,
    entry,
    format: "esm",
    platform: "node",
    target: "node22",
    fixedExtension: false,
    tsconfig: join(root, "tsconfig.build.json"),
    dts: apart === undefined && { tsconfig: join(root, "tsconfig.build.json") },
    deps: { alwaysBundle },
    // In files of their own, which Node.js reads only with --enable-source-maps; with the sources in them.
    sourcemap: true,
    // A quarter of the text; who reads what is published reads the types, which keep theirs.
    outputOptions: { comments: false },
    clean: apart === undefined,
    logLevel: "error",
  });
}

function sourceOf(target: Manifest["exports"][string]): string {
  return typeof target === "string" ? target : target.default;
}

/** Where in dist a source is built to, without its ending. */
function built(source: string): string {
  return source.replace(/^\.\/src\//, "./").replace(/\.ts$/, "");
}

/** Sources run as they are in the repository; what is published points to what was built. */
function publishedManifest(manifest: Manifest): object {
  const exports = Object.fromEntries(
    Object.entries(manifest.exports).map(([path, target]) => {
      const file = built(sourceOf(target));
      return [path, { types: `${file}.d.ts`, default: `${file}.js` }];
    }),
  );
  const bin = Object.fromEntries(
    Object.entries(manifest.bin ?? {}).map(([name, source]) => [name, `${built(source)}.js`]),
  );
  const dependencies = Object.fromEntries(
    Object.entries(manifest.dependencies ?? {}).filter(([name]) => !BUNDLED.test(name)),
  );
  return {
    ...Object.fromEntries(KEPT.filter((field) => field in manifest).map((field) => [field, manifest[field]])),
    exports: { ...exports, "./package.json": "./package.json" },
    ...(Object.keys(bin).length === 0 ? {} : { bin }),
    dependencies,
  };
}

const results: boolean[] = [];
for (const folder of PUBLISHED) results.push(await buildPackage(folder));
process.exitCode = results.every(Boolean) ? 0 : 1;
