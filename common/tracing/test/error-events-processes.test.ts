import { once } from "node:events";
import { Metadata } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { openCall } from "./harness/calls.ts";
import type { ArrivedSpan, TestIntake } from "./harness/intake.ts";
import { type RelayChain, type RelayChainSettings, startRelayChain } from "./harness/relay-chain.ts";

/** Plays with three processes and looks at what has arrived after all of them have flushed and gone. */
async function withChain(
  play: (chain: RelayChain) => Promise<void>,
  check: (intake: TestIntake) => void,
  settings: RelayChainSettings = {},
): Promise<void> {
  const chain = await startRelayChain(settings);
  try {
    await play(chain);
  } finally {
    await chain.stop();
  }
  check(chain.intake);
}

const ask = async ({ client }: RelayChain, text: string, deadlineMs = 10_000): Promise<number> =>
  (await openCall(client, "unary", { text, options: { deadline: Date.now() + deadlineMs } }).status).code;

const spanOf = (intake: TestIntake, service: string, kind: number): ArrivedSpan | undefined =>
  intake.spans.find((span) => span.resource["service.name"] === service && span.kind === kind);

const traceOf = (span: ArrivedSpan | undefined) => ({ trace_id: span?.traceId, span_id: span?.spanId });

test("ERR-01: a failure that passes three services is one error event, of the service where it was thrown", () =>
  withChain(
    async (chain) => expect(await ask(chain, "thrown")).toBe(2),
    (intake) => {
      expect(intake.errors).toHaveLength(1);
      const [event] = intake.errors;
      expect(event?.exception.values).toEqual([
        expect.objectContaining({ type: "InstitutionError", value: "the bank is closed" }),
      ]);
      expect(JSON.stringify(event?.exception.values[0]?.stacktrace)).toContain("relay-service.ts");
      expect(event?.tags).toMatchObject({
        service: "treasury",
        "rpc.method": "probe.v1.ProbeService/Unary",
        "rpc.status_code": "UNKNOWN",
      });
      expect(event).toMatchObject({ release: "1.0.0", environment: "test" });
      expect(event?.contexts.trace).toMatchObject(traceOf(spanOf(intake, "treasury", 2)));

      expect(new Set(intake.spans.map((span) => span.traceId)).size).toBe(1);
      for (const service of ["ledger", "gateway"])
        expect(spanOf(intake, service, 2)?.attributes).toMatchObject({
          "tracekeep.relayed.service": "treasury",
          "tracekeep.relayed.method": "probe.v1.ProbeService/Unary",
          "tracekeep.relayed.code": "UNKNOWN",
        });
    },
  ));

test("ERR-01: an exception thrown in a business span is one event, linked to that span", () =>
  withChain(
    async (chain) => expect(await ask(chain, "thrown in a span")).toBe(2),
    (intake) => {
      expect(intake.errors).toHaveLength(1);
      const span = intake.spans.find(({ name }) => name === "ask the bank");
      expect(span?.attributes["exception.type"]).toBe("InstitutionError");
      expect(intake.errors[0]?.contexts.trace).toMatchObject(traceOf(span));
    },
  ));

test("ERR-01: a failure that a service swallows is still reported where it happened", () =>
  withChain(
    async (chain) => expect(await ask(chain, "swallowed")).toBe(0),
    (intake) => {
      expect(intake.errors.map(({ tags }) => tags.service)).toEqual(["treasury"]);
      expect(spanOf(intake, "ledger", 2)?.status.code).toBe(0);
      expect(spanOf(intake, "ledger", 3)?.status.code).toBe(2);
    },
  ));

test("ERR-01: a service that is down is reported by its caller, once, linked to the failed call", () =>
  withChain(
    async (chain) => {
      await chain.treasury.stop();
      expect(await ask(chain, "thrown")).toBe(14);
    },
    (intake) => {
      expect(intake.errors).toHaveLength(1);
      expect(intake.errors[0]?.tags).toMatchObject({ service: "ledger", "rpc.status_code": "UNAVAILABLE" });
      expect(intake.errors[0]?.contexts.trace).toMatchObject(traceOf(spanOf(intake, "ledger", 3)));
    },
  ));

test("ERR-01: a service that is killed in the middle of a call is reported by its caller, once", () =>
  withChain(
    async (chain) => {
      const hanging = once(chain.treasury.child, "message");
      const answer = ask(chain, "hang");
      await hanging;
      chain.treasury.child.kill("SIGKILL");
      expect(await answer).toBe(14);
    },
    (intake) => {
      expect(intake.errors.map(({ tags }) => [tags.service, tags["rpc.status_code"]])).toEqual([
        ["ledger", "UNAVAILABLE"],
      ]);
    },
  ));

test("ERR-01: NOT_FOUND through three services makes no error event", () =>
  withChain(
    async (chain) => expect(await ask(chain, "missing")).toBe(5),
    (intake) => {
      expect(spanOf(intake, "gateway", 2)?.attributes["rpc.status_code"]).toBe("NOT_FOUND");
      expect(intake.errors).toEqual([]);
    },
  ));

test("ERR-01: a caller's cancel makes no error event", () =>
  withChain(
    async (chain) => {
      const hanging = once(chain.treasury.child, "message");
      const { call, status } = openCall(chain.client, "unary", { text: "hang" });
      await hanging;
      call.cancel();
      await status;
      await chain.intake.until(() => spanOf(chain.intake, "gateway", 2) !== undefined, "the cancelled span");
    },
    (intake) => {
      expect(spanOf(intake, "gateway", 2)?.attributes["rpc.status_code"]).toBe("CANCELLED");
      expect(intake.errors).toEqual([]);
    },
  ));

test("ERR-01: a deadline that a service set itself is reported by it, once", () =>
  withChain(
    async (chain) => expect(await ask(chain, "hang")).toBe(4),
    (intake) => {
      expect(intake.errors.map(({ tags }) => [tags.service, tags["rpc.status_code"]])).toEqual([
        ["ledger", "DEADLINE_EXCEEDED"],
      ]);
      expect(intake.errors[0]?.contexts.trace).toMatchObject(traceOf(spanOf(intake, "ledger", 3)));
      expect(spanOf(intake, "treasury", 2)?.status.code).toBe(2);
    },
    { ledger: { DOWNSTREAM_TIMEOUT_MS: "300" } },
  ));

test("ERR-01: a deadline that passes everywhere at once is reported once", () =>
  withChain(
    async (chain) => {
      expect(await ask(chain, "hang", 500)).toBe(4);
      await chain.intake.until(
        () => spanOf(chain.intake, "treasury", 2) !== undefined,
        "the treasury's span",
      );
    },
    (intake) => {
      expect(intake.errors.map(({ tags }) => [tags.service, tags["rpc.status_code"]])).toEqual([
        ["gateway", "DEADLINE_EXCEEDED"],
      ]);
    },
  ));

test("ERR-01: a failed trace that was not sampled sends one event and its spans in every service, and passed its decision on", () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  let headers: Record<string, string> = {};
  return withChain(
    async ({ client }) => {
      const metadata = new Metadata();
      metadata.set("traceparent", `00-${traceId}-b7ad6b7169203331-00`);
      headers = await new Promise((resolve) =>
        client.unary({ text: "headers", count: 0 }, metadata, (_error, response) =>
          resolve(JSON.parse(response?.text ?? "{}")),
        ),
      );
      expect((await openCall(client, "unary", { text: "thrown", metadata }).status).code).toBe(2);
    },
    (intake) => {
      expect(headers.traceparent).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`));
      expect(headers["sentry-trace"]).toMatch(new RegExp(`^${traceId}-[0-9a-f]{16}-0$`));
      expect(headers.baggage).toContain(`sentry-trace_id=${traceId}`);
      expect(new Set(intake.spans.map(({ resource }) => resource["service.name"]))).toEqual(
        new Set(["gateway", "ledger", "treasury"]),
      );
      expect(new Set(intake.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
      expect(intake.errors.map((event) => [event.contexts.trace.trace_id, event.tags.service])).toEqual([
        [traceId, "treasury"],
      ]);
    },
  );
});
