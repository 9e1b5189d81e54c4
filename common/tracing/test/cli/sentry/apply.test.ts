import { expect, test } from "vitest";
import { asked, runSentry, SHIPPED } from "./harness/project-file.ts";
import { startSentry } from "./harness/sentry-server.ts";

const MONITORS = ["Error rate", "Transaction failure rate", "p95 response time"].map(
  (name) => `Tracekeep: ${name}`,
);
const ALERT = "Tracekeep: Tell the owners (payments-production)";
/** As in `GET …`, which changes nothing. */
const writing = (requests: readonly string[]): string[] => requests.filter((line) => !line.startsWith("GET"));

test("a new project: the plan shows everything, apply makes it, and the next plan is empty", async () => {
  const server = await startSentry();
  const before = await asked(server, ["plan", "--detailed-exitcode"]);
  expect(before.code).toBe(3);
  expect(before.changes.map(({ action, name }) => [action, name])).toEqual([
    ["create", "rules by service"],
    ...MONITORS.map((name) => ["create", name]),
    ["create", ALERT],
  ]);
  expect(writing(server.requests)).toEqual([]);

  const applied = await asked(server, ["apply"]);
  expect(applied).toMatchObject({ code: 0, ok: true });
  expect(applied.made?.map(({ name }) => name)).toEqual(before.changes.map(({ name }) => name));

  const after = await runSentry(server, ["plan", "--detailed-exitcode"]);
  expect(after).toMatchObject({ code: 0, stderr: "" });
  expect(after.stdout).toContain("Nothing to do: the project is as the file says.");
  server.requests.length = 0;
  expect(await asked(server, ["apply"])).toMatchObject({ code: 0, changes: [], made: [] });
  expect(writing(server.requests)).toEqual([]);
});

test("Sentry gets the thresholds of the specification in its own units, weighted, and one alert for all", async () => {
  const server = await startSentry();
  await asked(server, ["apply"]);
  const { detectors, workflows, ownership } = server.state;
  expect([...detectors.values()]).toMatchObject(
    [
      ["failure_rate()", "is_transaction:true !has:parent_span", 3600, 0.01, 75],
      ["failure_rate()", "is_transaction:true", 600, 0.05, 75],
      ["p95(span.duration)", "is_transaction:true !has:parent_span", 600, 1000, 50],
    ].map(([aggregate, query, timeWindow, above, priority], index) => ({
      name: MONITORS[index],
      owner: { type: "team", name: "platform" },
      conditionGroup: {
        conditions: [
          { type: "gt", comparison: above, conditionResult: priority },
          { type: "lte", comparison: above, conditionResult: 0 },
        ],
      },
      dataSources: [
        {
          queryObj: {
            snubaQuery: {
              ...{ aggregate, query, timeWindow, environment: "production" },
              extrapolationMode: "client_and_server_weighted",
            },
          },
        },
      ],
    })),
  );
  expect([...workflows.values()]).toMatchObject([
    {
      detectorIds: [...detectors.keys()],
      config: { frequency: 30 },
      actionFilters: [{ actions: [{ type: "email", config: { targetType: "issue_owners" } }] }],
    },
  ]);
  expect(ownership.split("\n").slice(1, -1)).toEqual([
    "tags.service:* #platform",
    "tags.service:ledger #payments",
    "tags.service:treasury #payments",
  ]);
});

test("what was changed by hand is shown with both values, and only that is set back", async () => {
  const server = await startSentry();
  await asked(server, ["apply"]);
  const [detector] = server.state.detectors.values();
  const group = detector?.conditionGroup as { conditions: { comparison: number }[] };
  for (const condition of group.conditions) condition.comparison = 0.02;
  const { changes } = await asked(server, ["plan"]);
  expect(changes).toEqual([
    {
      action: "update",
      kind: "monitor",
      name: MONITORS[0],
      fields: [
        { field: "makes an issue", from: "above 2 %, priority high", to: "above 1 %, priority high" },
        { field: "resolves it", from: "at 2 % or below", to: "at 1 % or below" },
      ],
    },
  ]);
  expect((await runSentry(server, ["plan"])).stdout).toContain(
    "    makes an issue: above 2 %, priority high → above 1 %, priority high\n",
  );
  server.requests.length = 0;
  await asked(server, ["apply"]);
  expect(writing(server.requests)).toEqual([
    `PUT /api/0/organizations/acme/detectors/${[...server.state.detectors.keys()][0]}/`,
  ]);
  expect((await asked(server, ["plan"])).changes).toEqual([]);
});

test.each([
  ["enabled", "yes", (monitor: Record<string, unknown>) => (monitor.enabled = false)],
  ["owner", "team platform", (monitor: Record<string, unknown>) => (monitor.owner = null)],
  [
    "kind",
    "spans, threshold",
    (monitor: Record<string, unknown>) => (monitor.config = { detectionType: "dynamic" }),
  ],
])("drift of %s is seen", async (field, to, change) => {
  const server = await startSentry();
  await asked(server, ["apply"]);
  const [detector] = server.state.detectors.values();
  change(detector ?? {});
  expect((await asked(server, ["plan"])).changes.flatMap(({ fields }) => fields)).toMatchObject([
    { field, to },
  ]);
});

test("a monitor that was deleted by hand is made anew, and the alert watches the new one", async () => {
  const server = await startSentry();
  await asked(server, ["apply"]);
  const { detectors, workflows } = server.state;
  const [first = ""] = detectors.keys();
  const [workflow] = workflows.values();
  detectors.delete(first);
  if (workflow) workflow.detectorIds = (workflow.detectorIds as string[]).filter((id) => id !== first);
  await asked(server, ["apply"]);
  const watched = [...workflows.values()].flatMap(({ detectorIds }) => detectorIds as string[]);
  expect(watched.toSorted()).toEqual([...detectors.keys()].toSorted());
  expect((await asked(server, ["plan"])).changes).toEqual([]);
});

test("blanks around texts, empty ones and names given twice are no difference for ever", async () => {
  const server = await startSentry();
  const text = `
organization: acme
project: payments-production
environments: { " production ": hidden }
monitors:
  - { name: " Error rate ", measure: failure_rate, window: 1h, above: 1%, spans: " is_transaction:true ", description: "" }
  - name: "P95 "
    measure: p95
    window: 1h
    above: 1s
    environment: "production "
    description: |
      Sort the traces by duration.

      Begin with the longest.
alerts:
  - { name: "Tell ", notify: [platform, platform], monitors: [Error rate, "P95", "P95 "] }
`;
  const { notes, changes } = await asked(server, ["apply"], text);
  expect(notes).toEqual([]);
  expect(changes.map(({ name }) => name)).toEqual([
    "production",
    "Tracekeep: Error rate",
    "Tracekeep: P95",
    "Tracekeep: Tell (payments-production)",
  ]);
  expect(server.state.detectors.size).toBe(2);
  const [workflow] = server.state.workflows.values();
  expect(workflow).toMatchObject({ detectorIds: { length: 2 }, actionFilters: [{ actions: { length: 1 } }] });
  expect((await asked(server, ["apply"], text)).changes).toEqual([]);
});

test("an environment that the file does not name stays, whatever its name", async () => {
  const server = await startSentry();
  server.state.environments.push({ id: "8", name: "constructor", isHidden: true });
  expect((await asked(server, ["plan"])).changes.map(({ kind }) => kind)).not.toContain("environment");
});

test("environments are hidden as the file says; one that is not there yet is no change", async () => {
  const server = await startSentry();
  server.state.environments.push({ id: "8", name: "load test", isHidden: false });
  const text = SHIPPED.replace(
    "  production: visible\n",
    "  production: visible\n  load test: hidden\n  next: visible\n",
  );
  const { notes } = await asked(server, ["apply"], text);
  expect(notes).toEqual([expect.stringContaining('environment "next" is not there yet')]);
  expect(server.state.environments).toMatchObject([
    { isHidden: false },
    { name: "load test", isHidden: true },
  ]);
  expect((await asked(server, ["plan"], text)).changes).toEqual([]);
});

test("a project that Sentry samples once more is told of", async () => {
  const server = await startSentry();
  server.state.isDynamicallySampled = true;
  expect((await runSentry(server, ["plan"])).stdout).toContain("dynamic sampling");
});
