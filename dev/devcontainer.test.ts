import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseSettings } from "../demo/settings.ts";
import manifest from "../package.json" with { type: "json" };
import { DEFAULT_PORT } from "../viewer/src/command/options.ts";
import { portsOf } from "./environment.ts";
import { ROOT } from "./testing/dev-process.ts";
import { debianPackages, readDevContainer, readDockerfile } from "./testing/devcontainer.ts";

const { config, text } = readDevContainer();
const instructions = readDockerfile(config.build.dockerfile);

function valuesOf(name: string): string[] {
  return instructions.filter((instruction) => instruction.name === name).map(({ value }) => value);
}

test("only properties that the specification knows are used", () => {
  const known = [
    "name",
    "build",
    "remoteUser",
    "init",
    "securityOpt",
    "runArgs",
    "postCreateCommand",
    "forwardPorts",
    "portsAttributes",
  ];
  expect(Object.keys(config).sort()).toEqual(known.sort());
  for (const port of Object.values(config.portsAttributes)) {
    expect(Object.keys(port).sort()).toEqual(["label", "onAutoForward"]);
    expect(["notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore"]).toContain(
      port.onAutoForward,
    );
  }
});

test("the base image is pinned to the Node.js that the project is run by", () => {
  const version = readFileSync(join(ROOT, ".node-version"), "utf8").trim();
  expect(valuesOf("FROM")).toEqual([`node:${version}-bookworm`]);
  expect(manifest.devDependencies.node).toBe(version);
});

test("the container has the Debian packages that the checks install", () => {
  const checks = debianPackages(readFileSync(join(ROOT, ".ci/run"), "utf8"));
  expect(checks).toContain("postgresql");
  expect(debianPackages(valuesOf("RUN").join("\n"))).toEqual(checks);
});

test("nobody works as root", () => {
  expect(valuesOf("USER").at(-1)).toBe("node");
  expect(config.remoteUser).toBe("node");
});

test("the ports are those of npm run dev", () => {
  const ports = [DEFAULT_PORT, ...Object.values(portsOf(parseSettings([])))];
  expect(config.forwardPorts.toSorted()).toEqual(ports.toSorted());
  expect(Object.keys(config.portsAttributes).sort()).toEqual(ports.map(String).sort());
  for (const [name, port] of Object.entries(portsOf(parseSettings([]))))
    expect(config.portsAttributes[port]?.label).toContain(name);
});

test("its commands exist", () => {
  expect(config.postCreateCommand).toBe("npm ci");
  const scripts = Array.from(text.matchAll(/npm run (\S+)/g), ([, script]) => script);
  expect(scripts).toContain("dev");
  for (const script of scripts) expect(Object.keys(manifest.scripts)).toContain(script);
});
