import { credentials } from "@grpc/grpc-js";
import { ManifestServiceClient } from "@tracekeep/proto/manifest/v1";
import { startIntake, type Trace } from "tracekeep-viewer";
import { describe, expect, test } from "vitest";
import { readDevContainer } from "../../dev/testing/devcontainer.ts";
import { copyTree, type DevProcess, failOnce, isWhole, startDev } from "./harness.ts";

/** What the viewer's page is sent of a trace. */
interface TraceView {
  readonly summary: { readonly environment: string; readonly cause: Record<string, unknown> | null };
  readonly issues: readonly { readonly title: string }[];
}

async function viewOf(dev: DevProcess, traceId: string): Promise<TraceView> {
  await dev.trace(traceId, isWhole);
  return (await (await fetch(`${dev.viewer}/data/traces/${traceId}`)).json()) as TraceView;
}

const environmentsOf = (trace: Trace | undefined): unknown[] => [
  ...new Set(trace?.nodes.map(({ span }) => span.resource["deployment.environment.name"])),
];

describe("Story 5: development workflow integration", () => {
  test("the local development environment supports tracing to a development Sentry project", async () => {
    await using sentry = await startIntake({ keys: ["publickey"] });
    const tree = await copyTree();
    // All there is to set up.
    await tree.write(".env", `SENTRY_DSN=${sentry.dsn}\n`);
    const dev = await startDev({ root: tree.root, env: { READ_ENV_FILES: "true" } });
    await dev.up();
    expect(dev.output).toContain(`127.0.0.1:${sentry.port}, project 1`);
    const { traceId } = await failOnce(dev);
    const trace = await sentry.waitForTrace(traceId, isWhole);
    expect(environmentsOf(trace)).toEqual(["development"]);
    const issue = await sentry.waitForError((event) => event.trace?.traceId === traceId);
    expect(issue).toMatchObject({ environment: "development" });
    // The viewer shows it all the same.
    await dev.trace(traceId, isWhole);
    expect(dev.output).not.toContain("publickey");
  });

  test("trace data helps with local debugging workflows", async () => {
    const tree = await copyTree();
    const dev = await startDev({ root: tree.root });
    await dev.up();

    // Every trace is there, and at once: an open page hears of it without being loaded anew.
    const page = await fetch(`${dev.viewer}/data/live`);
    const { url, traceId } = await failOnce(dev);
    let heard = "";
    for await (const text of page.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      heard += text;
      if (heard.includes(traceId)) break;
    }
    expect(heard).toContain(traceId);

    // The link that was printed leads to what went wrong, and where.
    expect(url).toBe(`${dev.viewer}/trace/${traceId}`);
    expect((await fetch(url)).status).toBe(200);
    await expect
      .poll(() => viewOf(dev, traceId), { timeout: 10_000 })
      .toMatchObject({
        summary: { cause: { service: "treasury", name: "ask institution", stated: true } },
        issues: [{ title: expect.stringContaining("DOWNBANK is not reachable") }],
      });

    // A mistake of the developer's own: the service's log links to the trace, which names the line of the source.
    const since = dev.output.length;
    await tree.edit("services/ledger/src/accounts/open-account.ts", (text) =>
      text.replace(
        "await unaryCall(",
        'if (name === "Grace") throw new Error("my mistake");\n  await unaryCall(',
      ),
    );
    await dev.says(/open-account\.ts has changed.*ledger +info +ready/s, since);
    const body = JSON.stringify({ name: "Grace", currency: "EUR", institution: "NORDBANK" });
    await expect
      .poll(async () => (await fetch(`${dev.gateway}/accounts`, { method: "POST", body })).status, {
        timeout: 20_000,
      })
      .toBe(500);
    const [, logged = ""] = await dev.says(/the handler failed .*\/trace\/([0-9a-f]{32})$/m, since);
    const failed = await dev.trace(logged, ({ nodes }) =>
      nodes.some(({ span }) => span.attributes["tracekeep.root_cause"] === true),
    );
    const cause = failed.nodes.find(({ span }) => span.attributes["tracekeep.root_cause"] === true)?.span;
    expect(cause).toMatchObject({ service: "ledger", attributes: { "exception.message": "my mistake" } });
    expect(cause?.attributes["exception.stacktrace"]).toMatch(/open-account\.ts:\d+/);
  });

  test("tracing configuration works seamlessly with the devcontainer setup", async () => {
    const { config, text } = readDevContainer();
    // Nothing of tracing has to be set there, and the ports that are forwarded are those that listen.
    expect(text).not.toMatch(/SENTRY|TRACE_/);
    const dev = await startDev({ args: ["--help"] });
    await dev.exitCode();
    expect(dev.output).toContain(`takes a free one; ${config.forwardPorts[0]}`);
    // As a container starts it: with no settings, and no terminal whose keys could be read.
    const bare = await startDev({ args: ["--traffic"], bare: true });
    const [, traceId = ""] = await bare.says(/answered 503.*?\/trace\/([0-9a-f]{32})/s);
    await bare.trace(traceId, isWhole);
  });

  test("trace data is clearly identified as development environment", async () => {
    // Even where the developer's own settings say otherwise.
    const env = { ENVIRONMENT: "production", TRACE_ENVIRONMENT: "staging", TRACE_SAMPLE_RATE: "0.01" };
    const dev = await startDev({ env });
    await dev.up();
    const { traceId } = await failOnce(dev);
    expect(environmentsOf(await dev.trace(traceId, isWhole))).toEqual(["development"]);
    expect((await viewOf(dev, traceId)).summary.environment).toBe("development");
    for (const service of ["treasury", "ledger", "payroll"] as const) {
      expect(dev.output).toMatch(new RegExp(`${service} .*tracing started .*"environment":"development"`));
      const client = new ManifestServiceClient(
        `127.0.0.1:${dev.ports[service]}`,
        credentials.createInsecure(),
      );
      const { promise, resolve, reject } = Promise.withResolvers<string | undefined>();
      client.getManifest({}, (error, manifest) =>
        error ? reject(error) : resolve(manifest.identity?.environment),
      );
      expect(await promise).toBe("development");
      client.close();
    }
    expect(dev.output).not.toMatch(/staging|production/);
  });
});
