import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readDockerfile } from "./testing/dockerfile.ts";
import { faultsOfSettings } from "./testing/settings.ts";

interface ComposeService {
  readonly build?: { readonly target?: string; readonly args?: Readonly<Record<string, string>> };
  readonly ports?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stop_grace_period: string;
  readonly read_only: boolean;
  readonly volumes: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
  readonly depends_on: Readonly<Record<string, object>>;
}

const file = readFileSync(join(import.meta.dirname, "compose.yaml"), "utf8");
const services: Readonly<Record<string, ComposeService>> = parse(file, { merge: true }).services;
const stages = readDockerfile(join(import.meta.dirname, "Dockerfile"));

const exampleOf = (name: string) =>
  parseEnv(readFileSync(join(import.meta.dirname, "../../services", name, ".env.example"), "utf8"));

/** `${NAME:-default}` is the default. */
const byDefault = (text: string): string => text.replace(/\$\{\w+:-([^}]*)\}/g, "$1");

describe.each(["gateway", "ledger", "payroll", "treasury"])("%s", (name) => {
  const service = services[name] as ComposeService;
  const example = exampleOf(name);
  const environment = Object.fromEntries(
    Object.entries(service.environment).map(([variable, value]) => [variable, byDefault(String(value))]),
  );

  test("takes its settings without a fault; only the trace viewer is sent to without encryption", () => {
    const faults = faultsOfSettings(name, environment);
    expect(faults).toEqual([expect.stringContaining("SENTRY_DSN uses http")]);
  });

  test("is built with arguments that the Dockerfile has", () => {
    expect(service.build?.args?.SERVICE).toBe(name);
    const known = stages
      .flatMap(({ steps }) => steps)
      .flatMap((step) => (step.kind === "ARG" ? step.value : []));
    expect(Object.keys(service.build?.args ?? {}).filter((arg) => !known.includes(arg))).toEqual([]);
  });

  test("is built with what its release is made of, and takes another one", () => {
    expect(service.build?.args).toMatchObject({
      SERVICE_VERSION: expect.stringMatching(/^\$\{SERVICE_VERSION:-\}$/),
      BUILD_COMMIT: expect.stringMatching(/^\$\{BUILD_COMMIT:-\}$/),
    });
    expect(service.environment.SENTRY_RELEASE).toMatch(/^\$\{SENTRY_RELEASE:-\}$/);
  });

  test("is asked for its health, and called, at the port that it listens on", () => {
    const [, , , target = ""] = service.healthcheck.test;
    expect(target).toMatch(
      name === "gateway" ? "http://127.0.0.1:8080/healthz" : `127.0.0.1:${example.PORT}`,
    );
    for (const [variable, value] of Object.entries(environment).filter(([key]) => key.endsWith("_ADDRESS"))) {
      const callee = variable.replace("_ADDRESS", "").toLowerCase();
      expect(value).toBe(`dns:///${callee}:${exampleOf(callee).PORT}`);
    }
  });

  test("is given more time to stop than it takes, and writes only to its spool", () => {
    expect(Number.parseInt(service.stop_grace_period, 10) * 1_000).toBeGreaterThan(
      Number(example.SHUTDOWN_TIMEOUT_MS),
    );
    expect(service.read_only).toBe(true);
    expect(service.volumes).toEqual([`${name}-spool:${environment.TRACE_SPOOL_DIR}`]);
  });
});

test("every port is published on this machine only", () => {
  const ports = Object.values(services).flatMap(({ ports = [] }) => ports);
  expect(ports.length).toBeGreaterThan(2);
  expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
});

test("the viewer is a stage of the Dockerfile, at the address of the DSN", () => {
  const { build, ports } = services.viewer as ComposeService;
  const stage = stages.find(({ name }) => name === build?.target);
  expect(stage?.steps).toContainEqual({ kind: "EXPOSE", value: "4320" });
  expect(ports).toEqual(["127.0.0.1:4320:4320"]);
  expect(new URL(byDefault(services.ledger?.environment.SENTRY_DSN ?? "")).host).toBe("viewer:4320");
});
