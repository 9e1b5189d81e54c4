#!/usr/bin/env node
// Nothing is imported up here, so that a Node.js that is too old can still say so.
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `tracekeep: Node.js ${process.versions.node} is too old; install Node.js 22.18 or newer, and run this again\n`,
  );
  process.exitCode = 1;
} else {
  const { run } = await import("./run.ts");
  process.exitCode = await run(process.argv.slice(2));
}
