import { spawnSync } from "node:child_process";
import { cp, glob, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";

const usage = `npm run proto             lint proto/**/*.proto and write the TypeScript beside them, and descriptors.binpb for reflection
npm run proto -- --check  write nothing; fail where what is in the tree is stale`;

const root = join(import.meta.dirname, "..");
const protoDir = join(root, "proto");

function buf(...args: string[]): void {
  const command = join(root, "node_modules", "@bufbuild", "buf", "bin", "buf");
  // buf looks its plugin up on PATH, and the plugin's shebang its node.
  const path = [join(root, "node_modules", ".bin"), process.env.PATH].join(delimiter);
  const { status, error } = spawnSync(process.execPath, [command, ...args], {
    cwd: protoDir,
    env: { ...process.env, PATH: path },
    stdio: "inherit",
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

async function generatedFiles(folder: string): Promise<string[]> {
  const exclude = (path: string) => path.includes("node_modules") || path.endsWith(".test.ts");
  const names: string[] = [];
  for await (const name of glob(["**/*.ts", "*.binpb"], { cwd: folder, exclude })) names.push(name);
  return names;
}

async function staleFiles(fresh: string): Promise<string[]> {
  const names = new Set([...(await generatedFiles(fresh)), ...(await generatedFiles(protoDir))]);
  const stale: string[] = [];
  for (const name of names) {
    const [want, have] = await Promise.all(
      [fresh, protoDir].map((folder) => readFile(join(folder, name), "base64").catch(() => undefined)),
    );
    if (want !== have) stale.push(name);
  }
  return stale.sort();
}

const { values } = parseArgs({
  options: { check: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}

buf("lint");
const fresh = await mkdtemp(join(tmpdir(), "tracekeep-proto-"));
try {
  buf("generate", "--output", fresh);
  buf(
    "build",
    "--as-file-descriptor-set",
    "--exclude-source-info",
    "--output",
    join(fresh, "descriptors.binpb"),
  );
  const stale = await staleFiles(fresh);
  if (values.check) {
    for (const name of stale) console.error(`proto/${name} is stale: run \`npm run proto\``);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const name of stale) await rm(join(protoDir, name), { force: true });
    await cp(fresh, protoDir, { recursive: true });
    console.log(`proto: ${stale.length} file(s) changed`);
  }
} finally {
  await rm(fresh, { recursive: true, force: true });
}
