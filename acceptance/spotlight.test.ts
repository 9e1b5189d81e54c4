import { expect, test } from "vitest";
import { faultOf, spansOf } from "../common/tracing/test/protocols/harness/read-transaction.ts";
import {
  issuesIn,
  startSpotlight,
  transactionsIn,
} from "../common/tracing/test/protocols/harness/spotlight.ts";
import { openAccount, startStack } from "./harness/stack.ts";

test("Spotlight shows the demo's failed request whole: every service, and the issue where it failed first", async () => {
  const spotlight = await startSpotlight();
  const stack = await startStack({
    SENTRY_DSN: spotlight.dsn,
    TRACE_EXPORT_PROTOCOL: "envelope",
    TRACE_SAMPLE_RATE: "0",
  });
  const { status, traceId } = await openAccount(stack.gateway, { institution: "DOWNBANK" });
  expect(status).toBe(503);

  const items = await spotlight.follow(
    (all) => transactionsIn(all).flatMap(spansOf).length === 9 && issuesIn(all).length === 1,
  );
  const transactions = transactionsIn(items);
  expect(transactions.map(faultOf)).toEqual(transactions.map(() => undefined));
  const spans = transactions.flatMap(spansOf);
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
  const services = new Set(spans.map(({ resource }) => resource["service.name"]));
  expect(services).toEqual(new Set(["gateway", "ledger", "treasury"]));
  const cause = spans.find(({ name }) => name === "ask institution");
  expect(issuesIn(items)[0]).toMatchObject({
    contexts: { trace: { trace_id: traceId, span_id: cause?.spanId } },
  });
  expect(await spotlight.ask("get_traces", { traceId })).toContain("POST /accounts");

  expect(await stack.stop()).toEqual([0, 0, 0, 0]);
  expect(await spotlight.stop()).toEqual([]);
});
