import { status as Status } from "@grpc/grpc-js";
import { ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { keepTrace, type Tracing, withSpan } from "../../src/index.ts";
import { firstMessage, openCall } from "../harness/calls.ts";
import type { ArrivedSpan } from "../harness/intake.ts";
import { collectLog, probeClient, serveProbe, startTestTracing } from "../harness/probe.ts";
import { startRelay } from "../harness/relay-chain.ts";
import { callUnary, metadataOf } from "../harness/wire.ts";
import { type StrictSentry, startSentry } from "./harness/sentry.ts";

/** The timer of a batch is a minute away: what arrives was flushed. */
const QUIET = { TRACE_EXPORT_INTERVAL_MS: "60000" };
const SLOW = { ...QUIET, TRACE_EXPORT_TIMEOUT_MS: "60000" };

/** What both protocols bring of a span. */
const shared = (span: ArrivedSpan): object => {
  const { traceState: _, flags: __, events: ___, start, end, ...rest } = span;
  return rest;
};
const byId = (a: ArrivedSpan, b: ArrivedSpan): number => (a.spanId < b.spanId ? -1 : 1);
const names = (spans: readonly ArrivedSpan[]): string[] => spans.map(({ name }) => name).toSorted();
const statsOf = ({ port }: StrictSentry, tracing: Tracing) =>
  tracing.stats().export[`sentry 127.0.0.1:${port}`];

/** What Sentry is promised to get, by whichever protocol. */
export function describeProtocol(protocol: "otlp" | "envelope"): void {
  const start = async (settings: Record<string, string> = {}, secondDestination = false) => {
    const sentry = await startSentry();
    const { lines, logger } = collectLog();
    const second = secondDestination ? { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: sentry.otlpEndpoint } : {};
    const env = { TRACE_EXPORT_PROTOCOL: protocol, ...second, ...settings };
    const tracing = startTestTracing(sentry, env, logger);
    // Also where the test fails: the next one is to find nothing of it.
    onTestFinished(() => tracing.shutdown(0));
    return { sentry, lines, tracing };
  };

  describe(`by ${protocol}`, () => {
    test("everything that a second OTLP destination gets of a span, Sentry gets", async () => {
      const { sentry, tracing } = await start(QUIET, true);
      const probe = await serveProbe(tracing, {
        unary: (_call, callback) =>
          withSpan("work", { attributes: { list: ["a", "b"], whole: 3, part: 0.5, yes: true } }, (span) => {
            span.addLink({ context: { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 } });
            span.recordException(new Error("a note"));
            span.setStatus({ code: 1 });
            callback({ code: Status.FAILED_PRECONDITION, details: "not now" });
          }),
      });
      const client = probeClient(tracing, probe.address);
      await expect(
        tracing.continueTrace({}, { name: "POST /things" }, () => callUnary(client)),
      ).rejects.toThrow("not now");
      trace.getTracer("undici", "8.1").startSpan("GET", { kind: 2 }).end();
      await tracing.forceFlush();
      expect(names(sentry.spans)).toEqual([
        "GET",
        "POST /things",
        "probe.v1.ProbeService/Unary",
        "probe.v1.ProbeService/Unary",
        "work",
      ]);
      expect(sentry.spans.toSorted(byId).map(shared)).toEqual(sentry.beside.toSorted(byId).map(shared));
      for (const [index, span] of sentry.beside.toSorted(byId).entries()) {
        const arrived = sentry.spans.toSorted(byId)[index] as ArrivedSpan;
        expect(Math.abs(arrived.start - span.start)).toBeLessThanOrEqual(1);
        expect(Math.abs(arrived.end - span.end)).toBeLessThanOrEqual(1);
      }
      client.close();
      probe.stop();
      await tracing.shutdown();
    });

    test("each of the seventeen gRPC statuses arrives as it was", async () => {
      const { sentry, tracing } = await start(QUIET);
      const codes = Object.values(Status).filter((code): code is Status => typeof code === "number");
      const probe = await serveProbe(tracing, {
        unary: (call, callback) => {
          const code = Number(call.request.text);
          if (code === 0) callback(null, { text: "", count: 0 });
          else callback({ code, details: `status ${code}` });
        },
      });
      const client = probeClient(tracing, probe.address);
      for (const code of codes) await callUnary(client, { text: String(code) }).catch(() => {});
      await tracing.forceFlush();
      for (const kind of [2, 3]) {
        const spans = sentry.spans.filter((span) => span.kind === kind);
        const arrived = spans.map(({ attributes }) => attributes["rpc.grpc.status_code"]);
        expect(arrived.toSorted()).toEqual(codes.toSorted());
      }
      client.close();
      probe.stop();
      await tracing.shutdown();
    });

    test("service, release, environment and instance arrive", async () => {
      const { sentry, tracing } = await start(QUIET);
      withSpan("a span", () => {});
      await tracing.shutdown();
      expect(sentry.spans[0]).toMatchObject({
        attributes: { "sentry.release": "1.2.3" },
        resource: {
          "service.name": "probe",
          "service.version": "1.2.3",
          "deployment.environment.name": "test",
          "service.instance.id": expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      });
    });

    test("a sampled trace has the sampling rate as its weight, a kept one counts once", async () => {
      const { sentry, tracing } = await start({ ...QUIET, TRACE_SAMPLE_RATE: "0.5" });
      for (let i = 0; i < 60; i++)
        withSpan("sampled", (span) => withSpan("below", () => span.setAttribute("i", i)));
      withSpan("kept", () => withSpan("below", () => keepTrace("on purpose")));
      await tracing.shutdown();
      const weights = Map.groupBy(sentry.spans, ({ attributes }) => attributes["sentry.client_sample_rate"]);
      expect([...weights.keys()].toSorted()).toEqual([0.5, 1]);
      expect(names(weights.get(1) ?? [])).toEqual(["below", "kept"]);
      expect(weights.get(0.5)?.length).toBeGreaterThan(20);
      for (const { attributes } of weights.get(1) ?? [])
        expect(attributes["tracekeep.keep.reason"]).toBe("on purpose");
    });

    test("a failed trace arrives whole at a rate of 0, from two processes, and its issue names a span of it", async () => {
      const sentry = await startSentry();
      const env = { TRACE_EXPORT_PROTOCOL: protocol, TRACE_SAMPLE_RATE: "0" };
      const ledger = await startRelay(sentry, "ledger", env);
      const gateway = await startRelay(sentry, "gateway", { ...env, DOWNSTREAM: ledger.address });
      const client = probeClient(undefined, gateway.address);
      await callUnary(client, { text: "fine" });
      await expect(callUnary(client, { text: "thrown in a span" })).rejects.toThrow();
      await sentry.until(() => sentry.errors.length > 0, "the issue");
      client.close();
      await Promise.all([gateway.stop(), ledger.stop()]);
      const [root] = sentry.spans.filter(({ parentSpanId }) => parentSpanId === "");
      expect(new Set(sentry.spans.map(({ traceId }) => traceId))).toEqual(new Set([root?.traceId]));
      const ids = new Map(sentry.spans.map((span) => [span.spanId, span]));
      const path = (span: ArrivedSpan | undefined): string[] =>
        span === undefined
          ? []
          : [...path(ids.get(span.parentSpanId)), `${span.resource["service.name"]} ${span.kind}`];
      const deepest = sentry.spans.find(({ name }) => name === "ask the bank");
      expect(path(deepest)).toEqual(["gateway 2", "gateway 3", "ledger 2", "ledger 1"]);
      expect(sentry.spans).toHaveLength(4);
      const [issue] = sentry.errors;
      expect(issue?.contexts.trace).toMatchObject({ trace_id: root?.traceId, span_id: deepest?.spanId });
    });

    test("1,500 spans below one arrive once each, with their parents", async () => {
      const { sentry, tracing } = await start(QUIET);
      let parent = "";
      withSpan("root", (span) => {
        parent = span.spanContext().spanId;
        for (let i = 0; i < 1_500; i++) withSpan("child", () => {});
      });
      await tracing.shutdown();
      const below = sentry.spans.filter(({ name }) => name === "child");
      expect(new Set(below.map(({ spanId }) => spanId)).size).toBe(1_500);
      expect(below).toHaveLength(1_500);
      expect(new Set(below.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([parent]));
      expect(statsOf(sentry, tracing)).toMatchObject({ sent: 1_501, queuedSpans: 0, queuedBytes: 0 });
    });

    test("a span that ends after the first one of its trace arrives in its place", async () => {
      const { sentry, tracing } = await start(QUIET);
      const late: Span[] = [];
      withSpan("root", (root) => {
        const context = trace.setSpan(ROOT_CONTEXT, root);
        late.push(trace.getTracer("app").startSpan("late", {}, context));
      });
      await tracing.forceFlush();
      expect(names(sentry.spans)).toEqual(["root"]);
      late[0]?.end();
      await tracing.shutdown();
      expect(names(sentry.spans)).toEqual(["late", "root"]);
      expect(sentry.spans[1]?.parentSpanId).toBe(sentry.spans[0]?.spanId);
      expect(sentry.spans[1]?.traceId).toBe(sentry.spans[0]?.traceId);
    });

    test("spans below a stream that goes on arrive while it does, and the stream's own at its end", async () => {
      const { sentry, tracing } = await start(QUIET);
      const probe = await serveProbe(tracing, {
        bidi: (call) => {
          call.on("data", () => withSpan("a message", () => call.write({ text: "", count: 1 })));
          call.on("end", () => call.end());
        },
      });
      const client = probeClient(undefined, probe.address);
      const open = openCall(client, "bidi", { halfClose: false });
      await firstMessage(open);
      await tracing.forceFlush();
      expect(names(sentry.spans)).toEqual(["a message"]);
      (open.call as unknown as { end(): void }).end();
      await open.status;
      await tracing.shutdown();
      const [below, stream] = sentry.spans;
      expect(below).toMatchObject({ parentSpanId: stream?.spanId, traceId: stream?.traceId });
      expect(stream?.attributes["tracekeep.rpc.messages_received"]).toBe(1);
      client.close();
      probe.stop();
    });

    test("shutdown sends all, also below a span that has not ended", async () => {
      const { sentry, tracing } = await start(QUIET);
      const open = trace.getTracer("app").startSpan("open");
      const context = trace.setSpan(ROOT_CONTEXT, open);
      trace.getTracer("app").startSpan("below", {}, context).end();
      withSpan("whole", () => {});
      await tracing.shutdown();
      expect(names(sentry.spans)).toEqual(["below", "whole"]);
      open.end();
      expect(statsOf(sentry, tracing)).toMatchObject({ sent: 2, dropped: { shutdown: 1 } });
    });

    test("413: of what is too large for the server, all but the span that alone is arrives", async () => {
      const { sentry, tracing, lines } = await start(QUIET);
      sentry.judge = ({ body }) => (body.length > 6_000 ? { status: 413 } : undefined);
      const fat = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`note.${i}`, "x".repeat(500)]));
      withSpan("root", () => {
        for (let i = 0; i < 30; i++) withSpan("small", () => {});
        withSpan("fat", { attributes: fat }, () => {});
      });
      await tracing.shutdown();
      expect(names(sentry.spans)).toEqual(["root", ...new Array(30).fill("small")]);
      const { sent, dropped } = statsOf(sentry, tracing) ?? {};
      expect([sent, (dropped?.refused ?? 0) + (dropped?.too_large ?? 0)]).toEqual([31, 1]);
      expect(lines.filter(({ level }) => level === "warn")).not.toEqual([]);
    });

    test("a span that is larger than a request may be is dropped before it is sent, alone", async () => {
      const { sentry, tracing } = await start({ ...QUIET, TRACE_EXPORT_BATCH_BYTES: "8192" });
      const fat = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`note.${i}`, "x".repeat(500)]));
      withSpan("root", () => withSpan("fat", { attributes: fat }, () => {}));
      await tracing.shutdown();
      expect(names(sentry.spans)).toEqual(["root"]);
      expect(statsOf(sentry, tracing)?.dropped).toMatchObject({ too_large: 1, refused: 0 });
    });

    const limit = protocol === "otlp" ? "span" : "transaction";
    test("429: while Sentry limits what is sent, kept traces wait and sampled ones are dropped", async () => {
      const { sentry, tracing } = await start(QUIET);
      sentry.answer = { status: 429, headers: { "x-sentry-rate-limits": `1:${limit}:organization` } };
      withSpan("sampled", () => withSpan("below", () => {}));
      withSpan("kept", () => keepTrace("on purpose"));
      await tracing.forceFlush();
      // By envelope several requests are under way at a time.
      await vi.waitFor(() => expect(statsOf(sentry, tracing)?.dropped.rate_limited).toBe(2));
      sentry.answer = { status: 200 };
      withSpan("sampled, too", () => {});
      await tracing.shutdown();
      expect(names(sentry.spans)).toEqual(["kept"]);
      expect(statsOf(sentry, tracing)).toMatchObject({ sent: 1, dropped: { rate_limited: 3 } });
    });

    test("a limit for other things than these stops nothing", async () => {
      const { sentry, tracing } = await start(QUIET);
      const header = "60:error;session:organization";
      sentry.answer = { status: 200, headers: { "x-sentry-rate-limits": header } };
      withSpan("first", () => {});
      await tracing.forceFlush();
      withSpan("second", () => {});
      await tracing.shutdown();
      expect(names(sentry.spans)).toEqual(["first", "second"]);
    });

    test("503 is tried again, 500 is not, and each says so once", async () => {
      const { sentry, tracing, lines } = await start(QUIET);
      sentry.answer = { status: 500 };
      withSpan("lost", () => withSpan("below", () => {}));
      await tracing.forceFlush();
      sentry.answer = { status: 503 };
      withSpan("in the end", () => withSpan("below", () => {}));
      await tracing.forceFlush();
      sentry.answer = { status: 200 };
      await tracing.shutdown();
      expect(names(sentry.spans)).toEqual(["below", "in the end"]);
      expect(statsOf(sentry, tracing)).toMatchObject({ sent: 2, dropped: { refused: 2 } });
      const warnings = lines.filter(({ level }) => level === "warn").map(({ message }) => message);
      expect(warnings).toEqual([expect.stringContaining("500"), expect.stringContaining("503")]);
    });

    test("kept traces go first", async () => {
      const { sentry, tracing } = await start(QUIET);
      for (let i = 0; i < 12; i++) withSpan("sampled", () => {});
      withSpan("kept", () => keepTrace("on purpose"));
      await tracing.shutdown();
      const arrived = sentry.spans.map(({ name }) => name);
      expect(arrived).toHaveLength(13);
      // Among the first requests: up to four are under way at a time, and may overtake each other.
      expect(arrived.indexOf("kept")).toBeLessThan(4);
    });

    test("nothing secret is in what is sent, and the key is where Sentry looks for it", async () => {
      const { sentry, tracing } = await start({ ...QUIET, TRACE_CAPTURE_METADATA: "authorization,x-note" });
      const secrets = ["jane.doe@mail.example", "hunter2", "+44 20 7946 0958"];
      const text = `mail to ${secrets[0]}, phone ${secrets[2]}`;
      const probe = await serveProbe(tracing, {
        unary: (_call, callback) =>
          withSpan(text, { attributes: { password: "hunter2", note: text } }, (span) => {
            span.addLink({ context: span.spanContext(), attributes: { note: text } });
            span.setStatus({ code: 2, message: text });
            callback({ code: Status.INTERNAL, details: text });
          }),
      });
      const client = probeClient(tracing, probe.address);
      const metadata = metadataOf({ authorization: "Bearer hunter2", "x-note": text });
      await callUnary(client, { metadata }).catch(() => {});
      await tracing.shutdown();
      expect(sentry.spans).toHaveLength(3);
      const spans = sentry.requests.filter(({ headers }) => headers["x-sentry-auth"] !== undefined);
      for (const { body, headers } of spans) {
        for (const secret of secrets) expect(body.toString("latin1")).not.toContain(secret);
        expect(headers["x-sentry-auth"]).toContain("publickey");
        // The sampling context of an envelope names the key, nothing else does.
        const rest = body.toString("latin1").replace('"public_key":"publickey"', "");
        expect(rest).not.toContain("publickey");
      }
      client.close();
      probe.stop();
    });

    test("a Sentry that hangs holds nothing up: neither the second destination nor the service", async () => {
      const { sentry, tracing } = await start(SLOW, true);
      sentry.answer = "hang";
      for (let round = 1; round <= 3; round++) {
        withSpan("a span", () => withSpan("below", () => {}));
        void tracing.forceFlush();
        await sentry.until(() => sentry.beside.length === round * 2, "the second destination's spans");
      }
      expect(sentry.spans).toEqual([]);
      await tracing.shutdown(100);
      expect(statsOf(sentry, tracing)?.dropped.shutdown).toBe(6);
    });

    test("and the other way round: Sentry gets all while the second destination hangs", async () => {
      const { sentry, tracing } = await start(SLOW, true);
      sentry.judge = ({ path }) => (path === "/v1/traces" ? "hang" : undefined);
      withSpan("a span", () => withSpan("below", () => {}));
      void tracing.forceFlush();
      await sentry.until(() => sentry.spans.length === 2, "Sentry's spans");
      expect(sentry.beside).toEqual([]);
      await tracing.shutdown(100);
    });

    test("without a flush, what has ended arrives by itself", async () => {
      const { sentry, tracing } = await start();
      withSpan("root", () => withSpan("below", () => {}));
      await sentry.until(() => sentry.spans.length === 2, "both spans");
      await tracing.shutdown();
    });
  });
}
