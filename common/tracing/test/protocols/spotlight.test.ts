import { expect, test } from "vitest";
import { probeClient } from "../harness/probe.ts";
import { startRelay } from "../harness/relay-chain.ts";
import { callUnary } from "../harness/wire.ts";
import { faultOf, spansOf } from "./harness/read-transaction.ts";
import { startSentry } from "./harness/sentry.ts";
import { issuesIn, startSpotlight, transactionsIn } from "./harness/spotlight.ts";

test("Spotlight shows a request through three services as one trace, and the issue of its failure", async () => {
  const spotlight = await startSpotlight();
  const nowhere = await startSentry();
  const env = { SENTRY_DSN: spotlight.dsn, TRACE_EXPORT_PROTOCOL: "envelope" };
  const treasury = await startRelay(nowhere, "treasury", env);
  const ledger = await startRelay(nowhere, "ledger", { ...env, DOWNSTREAM: treasury.address });
  const gateway = await startRelay(nowhere, "gateway", { ...env, DOWNSTREAM: ledger.address });
  const client = probeClient(undefined, gateway.address);
  await expect(callUnary(client, { text: "thrown in a span" })).rejects.toThrow();
  client.close();

  const items = await spotlight.follow(
    (all) => transactionsIn(all).length === 3 && issuesIn(all).length === 1,
  );
  const transactions = transactionsIn(items);
  expect(transactions.map(faultOf)).toEqual([undefined, undefined, undefined]);
  const spans = transactions.flatMap(spansOf);
  const ids = new Map(spans.map((span) => [span.spanId, span]));
  const path = (id: string): string[] => {
    const span = ids.get(id);
    return span === undefined ? [] : [...path(span.parentSpanId), String(span.resource["service.name"])];
  };
  const thrower = spans.find(({ name }) => name === "ask the bank");
  expect(path(thrower?.spanId ?? "")).toEqual([
    ...["gateway", "gateway", "ledger", "ledger", "treasury", "treasury"],
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([thrower?.traceId]));
  expect(issuesIn(items)[0]).toMatchObject({
    contexts: { trace: { trace_id: thrower?.traceId, span_id: thrower?.spanId } },
    exception: { values: [{ type: "InstitutionError", value: "the bank is closed" }] },
  });

  // What it makes of it: each span below the one that caused it, and the issue, which has no duration.
  const tree = await spotlight.ask("get_traces", { traceId: thrower?.traceId });
  const lines = tree.split("\n").filter((line) => /ProbeService\/Unary \[.*ms\]/.test(line));
  const depths = lines.map((line) => line.search(/[a-z]/));
  expect(lines).toHaveLength(5);
  expect(depths).toEqual(depths.toSorted((a, b) => a - b));
  expect(new Set(depths).size).toBe(5);
  expect(await spotlight.ask("search_errors", { filters: { timeWindow: 300 } })).toContain(
    "the bank is closed",
  );

  await Promise.all([gateway.stop(), ledger.stop(), treasury.stop()]);
  expect(nowhere.requests).toEqual([]);
  expect(await spotlight.stop()).toEqual([]);
});
