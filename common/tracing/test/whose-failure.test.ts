import { exec } from "node:child_process";
import { promisify } from "node:util";
import { Metadata } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Tracing } from "../src/index.ts";
import { startIntake, type TestIntake } from "./harness/intake.ts";
import {
  type ProbeHandlers,
  type ProbeServer,
  probeClient,
  serveProbe,
  startTestTracing,
} from "./harness/probe.ts";
import { collectUnhandled } from "./harness/rejections.ts";

const request = { text: "", count: 0 };
let intake: TestIntake;
let tracing: Tracing;
let servers: ProbeServer[];
let clients: ReturnType<typeof probeClient>[];

beforeEach(async () => {
  intake = await startIntake();
  tracing = startTestTracing(intake);
  servers = [];
  clients = [];
});
afterEach(async () => {
  for (const client of clients) client.close();
  for (const server of servers) server.stop();
  await tracing.shutdown();
  await intake.close();
});

async function serve(
  unary: NonNullable<ProbeHandlers["unary"]>,
  by: Tracing | undefined = tracing,
): Promise<string> {
  const server = await serveProbe(by, { unary });
  servers.push(server);
  return server.address;
}

/** A unary call; resolves to the error that the caller gets. */
function call(address: string, by: Tracing | undefined, metadata = new Metadata(), options = {}) {
  const client = probeClient(by, address);
  clients.push(client);
  return new Promise<{ code?: number; metadata?: Metadata } & Error>((resolve) => {
    client.unary(request, metadata, options, (error) => resolve(error ?? new Error("no error")));
  });
}

/** Method, status and exception of the events that were made, once all are there. */
async function events(count: number): Promise<string[]> {
  await tracing.forceFlush();
  await intake.until(() => intake.errors.length >= count, `${count} error events`);
  return intake.errors
    .map(({ exception }) => `${exception.values[0]?.type}: ${exception.values[0]?.value}`)
    .sort();
}

const failsWith =
  (code: number, details: string): NonNullable<ProbeHandlers["unary"]> =>
  (_call, callback) =>
    callback({ code, details });

test("a failure below that was tolerated does not hide the service's own", async () => {
  const cache = await serve(failsWith(14, "cache is down"));
  const ledger = await serve((_call, callback) => {
    void call(cache, tracing).then(() => callback({ code: 13, details: "ledger is corrupt" }));
  });
  await call(ledger, tracing);
  expect(await events(2)).toEqual(["INTERNAL: ledger is corrupt", "UNAVAILABLE: cache is down"]);
  const own = intake.spans.filter((span) => span.attributes["tracekeep.relayed.service"] !== undefined);
  expect(own.every((span) => span.kind === 3)).toBe(true);
});

test("a tolerated failure does not hide the service's own of the same code, once another call was answered", async () => {
  const cache = await serve(failsWith(13, "cache is corrupt"));
  const bank = await serve((_call, callback) => callback(null, { text: "", count: 0 }));
  const ledger = await serve((_call, callback) => {
    void call(cache, tracing)
      .then(() => call(bank, tracing))
      .then(() => callback({ code: 13, details: "ledger is corrupt" }));
  });
  await call(ledger, tracing);
  expect(await events(2)).toEqual(["INTERNAL: cache is corrupt", "INTERNAL: ledger is corrupt"]);
});

test("of two failures below with the same code, the one whose text comes back is passed on", async () => {
  const cache = await serve(failsWith(13, "cache is corrupt"));
  const bank = await serve(failsWith(13, "bank is corrupt"));
  const ledger = await serve((_call, callback) => {
    void call(bank, tracing)
      .then(() => call(cache, tracing))
      .then(() => callback({ code: 13, details: "13 INTERNAL: bank is corrupt" }));
  });
  await call(ledger, tracing);
  expect(await events(2)).toEqual(["INTERNAL: bank is corrupt", "INTERNAL: cache is corrupt"]);
});

test("an exception beside a tolerated failure is reported, also at an entry that is not gRPC", async () => {
  const cache = await serve(failsWith(14, "cache is down"));
  const job = tracing.continueTrace({}, { name: "job" }, async () => {
    await call(cache, tracing);
    throw new TypeError("not a number");
  });
  await expect(job).rejects.toThrow("not a number");
  expect(await events(2)).toEqual(["TypeError: not a number", "UNAVAILABLE: cache is down"]);
});

test("a failure from below that is wrapped in an error of one's own is one failure", async () => {
  const bank = await serve(failsWith(14, "bank is down"));
  const ledger = await serve((_call, callback) => {
    void call(bank, tracing).then((error) => {
      callback(Object.assign(new Error("cannot open the account", { cause: error }), { code: 13 }));
    });
  });
  await call(ledger, tracing);
  expect(await events(1)).toEqual(["UNAVAILABLE: bank is down"]);
});

test.each([
  { length: "short", text: "Internal server error", issues: 2 },
  { length: "long", text: "Internal server error, something failed: unknown exception occurred", issues: 1 },
])("a $length text of common words in another's failure: $issues issues", async ({ text, issues }) => {
  const bank = await serve(failsWith(14, text));
  const ledger = await serve((_call, callback) => {
    void call(bank, tracing).then(() => callback({ code: 13, details: `Ledger: ${text}` }));
  });
  await call(ledger, tracing);
  expect(await events(issues)).toHaveLength(issues);
});

test("a span's exception that was caught has nothing to do with a later failure", async () => {
  const ledger = await serve((_call, callback) => {
    try {
      tracing.withSpan("attempt", () => {
        throw new RangeError("first attempt");
      });
    } catch {
      callback({ code: 13, details: "no more attempts" });
    }
  });
  await call(ledger, tracing);
  expect(await events(1)).toEqual(["INTERNAL: no more attempts"]);
});

test("a callee without Sentry leaves the report to its caller", async () => {
  const silent = startTestTracing(intake, { SENTRY_DSN: "" });
  const address = await serve(failsWith(13, "broken"), silent);
  await call(address, tracing);
  expect(await events(1)).toEqual(["INTERNAL: broken"]);
  await silent.shutdown();
});

test.each([
  ["never traces the method", { TRACE_METHOD_RULES: "probe.v1.*/*=never" }],
  ["has no Sentry", { SENTRY_DSN: "" }],
])("a deadline that passes is reported by the server where its caller %s", async (_, settings) => {
  const caller = startTestTracing(intake, settings);
  const address = await serve(() => {});
  await call(address, caller, new Metadata(), { deadline: Date.now() + 150 });
  expect(await events(1)).toEqual([expect.stringContaining("DEADLINE_EXCEEDED")]);
  await caller.shutdown();
});

test("a deadline whose end the server tells in time is its caller's all the same: mark and issue are of one span", async () => {
  const address = await serve((late, callback) => {
    setTimeout(() => callback({ code: 4, details: "late" }), Number(late.getDeadline()) - Date.now() - 45);
  });
  expect((await call(address, tracing, new Metadata(), { deadline: Date.now() + 400 })).message).toContain(
    "late",
  );
  expect(await events(1)).toEqual(["DEADLINE_EXCEEDED: late"]);
  await intake.until(() => intake.spans.length === 2, "both spans");
  const marked = intake.spans.filter(({ attributes }) => attributes["tracekeep.root_cause"] === true);
  expect(marked.map(({ spanId }) => spanId)).toEqual([intake.errors[0]?.contexts.trace.span_id]);
});

test.each(["all", "ids", "none"])(
  "trust %s: an outsider never sees what services tell each other",
  async (trust) => {
    const edge = startTestTracing(intake, { TRACE_TRUST_REMOTE: trust });
    const inner = await serve(failsWith(13, "broken"));
    const address = await serve((_call, callback) => {
      void call(inner, edge).then((error) => callback(error));
    }, edge);
    const seen = await call(address, undefined);
    expect(seen.code).toBe(13);
    expect(seen.metadata?.get("tracekeep")).toEqual([]);
    await edge.shutdown();
  },
);

test("a traced caller's own code does not see what services tell each other either", async () => {
  const address = await serve(failsWith(13, "broken"));
  const seen = await call(address, tracing);
  expect(seen.code).toBe(13);
  expect(seen.metadata?.get("tracekeep")).toEqual([]);
});

test("a promise that a handler returns and has handled itself is not made unhandled", async () => {
  const unhandled = await collectUnhandled(async () => {
    const address = await serve((_call, callback) => {
      const work = Promise.reject(Object.assign(new Error("no such account"), { code: 5 }));
      work.catch((error) => callback(error));
      return work as never;
    });
    expect((await call(address, tracing)).code).toBe(5);
  });
  expect(unhandled).toEqual([]);
});

test("withSpan: a number in an error's code is no gRPC status", async () => {
  const failing = tracing.withSpan("run", () => promisify(exec)("exit 1"));
  await expect(failing).rejects.toMatchObject({ code: 1 });
  await intake.until(
    () => intake.spans.length === 1 && intake.errors.length === 1,
    "a span and an error event",
  );
  expect(intake.spans[0]?.status.code).toBe(2);
});

test.each([
  [{ code: 13 }, { code: 13 }, "INTERNAL: Unknown Error"],
  [
    { code: 14, details: "error" },
    { code: 13, details: "an error in the books" },
    "INTERNAL: an error in the books",
  ],
])(
  "a tolerated failure without a text of its own (%j) does not hide the service's own",
  async (below, own, issue) => {
    const cache = await serve((_call, callback) => callback(below));
    const bank = await serve((_call, callback) => callback(null, { text: "", count: 0 }));
    const ledger = await serve((_call, callback) => {
      void call(cache, tracing)
        .then(() => call(bank, tracing))
        .then(() => callback(own));
    });
    await call(ledger, tracing);
    expect(await events(2)).toContain(issue);
  },
);

test.each([
  ["as NestJS does", { code: 2, details: "Internal server error" }],
  ["with its status", { code: 13, details: "error" }],
])(
  "a failure below that says nothing of its own is known again where its error is told of (%s)",
  async (_what, below) => {
    const ledger = await serve((_call, callback) => callback(below));
    const bank = await serve((_call, callback) => callback(null, { text: "", count: 0 }));
    const gateway = await serve((_call, callback) => {
      void Promise.all([call(ledger, tracing), call(bank, tracing)]).then(([error]) =>
        callback(new Error(`the ledger cannot be read: ${error.message}`)),
      );
    });
    await call(gateway, tracing);
    expect(await events(1)).toHaveLength(1);
  },
);
