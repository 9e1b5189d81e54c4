import { expect, test } from "vitest";
import { asked, runSentry, SHIPPED } from "./harness/project-file.ts";
import { type SentryServer, startSentry } from "./harness/sentry-server.ts";

/** What a team may have made by hand, some of it much like ours. */
function addForeign({ state }: SentryServer): void {
  const mine = state.addDetector({
    name: "Error rate",
    type: "metric_issue",
    config: { detectionType: "static" },
  });
  const errors = state.addDetector({ name: "Error Monitor", type: "error" });
  const other = state.addDetector({ name: "Tracekeep: Error rate", type: "metric_issue" });
  const detector = state.detectors.get(other);
  if (detector) detector.projectId = "43";
  const workflow = { triggers: null, actionFilters: [], detectorIds: [Number(mine), Number(errors)] };
  state.addWorkflow({ ...workflow, name: "Tell the owners (payments-production)" });
  state.addWorkflow({ ...workflow, name: "Tracekeep: Tell the owners (payments-staging)" });
  state.ownership = "path:src/* #platform\n# by hand\n*.ts someone@example.com";
}

const contents = ({ state }: SentryServer): string =>
  JSON.stringify([[...state.detectors], [...state.workflows], state.ownership]);

test.each([true, false])(
  "what others made stays, in this project and in others, if lists heed filters: %s",
  async (heeds) => {
    const server = await startSentry();
    server.state.heedsFilters = heeds;
    addForeign(server);
    const before = contents(server);
    await asked(server, ["apply"]);
    expect(server.state.ownership).toMatch(
      /^path:src\/\* #platform\n# by hand\n\*\.ts someone@example\.com\n# Tracekeep/,
    );
    expect((await asked(server, ["plan"])).changes).toEqual([]);
    await asked(server, ["apply", "--prune"], "organization: acme\nproject: payments-production\n");
    expect(contents(server)).toBe(before);
  },
);

test("our rules are found again between others', and these keep their places", async () => {
  const server = await startSentry();
  await asked(server, ["apply"]);
  server.state.ownership = `path:a #platform\n${server.state.ownership}\npath:b #payments\n`;
  expect((await asked(server, ["plan"])).changes).toEqual([]);
  const text = SHIPPED.replace(
    "- service: ledger\n    teams: [payments]",
    "- service: ledger\n    teams: [platform, payments]",
  );
  const { changes } = await asked(server, ["apply"], text);
  expect(changes).toMatchObject([
    {
      kind: "ownership",
      action: "update",
      fields: [
        { field: "rule", from: "tags.service:ledger #payments" },
        { field: "rule", to: "tags.service:ledger #platform #payments" },
      ],
    },
  ]);
  expect(server.state.ownership.split("\n")).toMatchObject({ 0: "path:a #platform", 6: "path:b #payments" });
});

test("what is ours and no longer in the file is shown, and deleted with --prune only", async () => {
  const server = await startSentry();
  await asked(server, ["apply"]);
  const text = SHIPPED.slice(0, SHIPPED.indexOf("monitors:"));
  const names = [
    "Tell the owners (payments-production)",
    "Error rate",
    "Transaction failure rate",
    "p95 response time",
  ];
  const planned = await asked(server, ["plan", "--detailed-exitcode"], text);
  expect(planned).toMatchObject({ code: 0, changes: [] });
  expect(planned.surplus.map(({ name }) => name)).toEqual(names.map((name) => `Tracekeep: ${name}`));
  expect((await runSentry(server, ["plan"], text)).stdout).toContain(
    '? monitor "Tracekeep: Error rate" is not in the file, and is left alone; --prune deletes it',
  );
  await asked(server, ["apply"], text);
  expect(server.state.detectors.size).toBe(3);

  expect((await asked(server, ["plan", "--prune", "--detailed-exitcode"], text)).code).toBe(3);
  const pruned = await asked(server, ["apply", "--prune"], text);
  expect(pruned.made?.map(({ name }) => name)).toEqual(names.map((name) => `Tracekeep: ${name}`));
  expect([server.state.detectors.size, server.state.workflows.size]).toEqual([0, 0]);
  expect(await asked(server, ["plan"], text)).toMatchObject({ changes: [], surplus: [] });
});

test("lists of several pages are read to the end", async () => {
  const server = await startSentry();
  server.pageSize = 2;
  for (let count = 0; count < 5; count++) addForeign(server);
  await asked(server, ["apply"]);
  expect((await asked(server, ["plan"])).changes).toEqual([]);
});

test("of two monitors with one name of ours the first is ours, the other one surplus", async () => {
  const server = await startSentry();
  await asked(server, ["apply"]);
  const [first] = server.state.detectors.values();
  const copy = server.state.addDetector({ ...first, dataSources: undefined, owner: undefined });
  expect(await asked(server, ["plan"])).toMatchObject({
    changes: [],
    surplus: [{ name: "Tracekeep: Error rate" }],
  });
  await asked(server, ["apply", "--prune"]);
  expect(server.state.detectors.has(copy)).toBe(false);
  expect(server.state.detectors.size).toBe(3);
});
