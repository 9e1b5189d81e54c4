import { status as Status } from "@grpc/grpc-js";
import { propagation, trace } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { openCall, serverSpans, untilRpcSpans } from "./harness/calls.ts";
import type { TestIntake } from "./harness/intake.ts";
import { probeClient } from "./harness/probe.ts";
import { type Scene, withScene } from "./harness/scene.ts";
import { callUnary, metadataOf, serveWire } from "./harness/wire.ts";

const EMAIL = "jane.doe@mail.example";
const PHONE = "+44 20 7946 0958";
const JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P";
const SECRETS = [EMAIL, PHONE, JWT, "hunter2"];

/** All that has left the process, as bytes. */
const sent = (intake: TestIntake): string =>
  intake.requests.map(({ body }) => body.toString("latin1")).join("\n");

function expectNoSecret({ intake, lines }: Pick<Scene, "intake" | "lines">): void {
  const everything = sent(intake) + JSON.stringify(lines);
  for (const secret of SECRETS) expect(everything).not.toContain(secret);
}

const DETAILS = `no account for ${EMAIL}, phone ${PHONE}, token ${JWT}`;

test("PII-02: secrets in an error's text are masked on every way out, and the client gets the text unchanged", () =>
  withScene(
    {
      unary: (_call, callback) =>
        callback(Object.assign(new Error(DETAILS), { code: Status.INTERNAL, details: DETAILS })),
    },
    async (scene) => {
      const status = await openCall(scene.client, "unary").status;
      expect(status.details).toBe(DETAILS);
      const { client, server } = await untilRpcSpans(scene.intake);
      await scene.intake.until(() => scene.intake.errors.length === 1, "the error event");
      for (const span of [client[0], server[0]])
        expect(span?.status.message).toBe("no account for [Filtered], phone [Filtered], token [Filtered]");
      expect(server[0]?.attributes["exception.message"]).toContain("[Filtered]");
      expect(scene.intake.errors[0]?.exception.values[0]?.value).toContain("no account for [Filtered]");
      expectNoSecret(scene);
    },
  ));

test("PII-02: secrets in the details of a plain status are masked in the error event, too", () =>
  withScene(
    { unary: (_call, callback) => callback({ code: Status.INTERNAL, details: DETAILS }) },
    async (scene) => {
      expect((await openCall(scene.client, "unary").status).details).toBe(DETAILS);
      await untilRpcSpans(scene.intake);
      await scene.intake.until(() => scene.intake.errors.length === 1, "the error event");
      expect(scene.intake.errors[0]?.exception.values[0]?.value).toContain("no account for [Filtered]");
      expectNoSecret(scene);
    },
  ));

test("PII-02: names, attributes, events, links, resource and release are masked, too", () =>
  withScene(
    {},
    async (scene) => {
      withSpan(`mail to ${EMAIL}`, { attributes: { note: `call ${PHONE}`, password: "hunter2" } }, (span) => {
        span.setAttribute("list", ["a", EMAIL]);
        span.addEvent(`sent to ${EMAIL}`, { to: EMAIL });
        span.addLink({ context: span.spanContext(), attributes: { to: EMAIL } });
        span.updateName(`mail to ${EMAIL} again`);
        span.setStatus({ code: 2, message: `failed for ${EMAIL}` });
      });
      trace
        .getTracer("app")
        .startSpan(`by the API for ${EMAIL}`, { attributes: { token: "hunter2" } })
        .end();
      await scene.intake.until(() => scene.intake.spans.length === 2, "both spans");
      const [span] = scene.intake.spans;
      expect(span?.name).toBe("mail to [Filtered] again");
      expect(span?.attributes).toMatchObject({
        note: "call [Filtered]",
        password: "[Filtered]",
        list: ["a", "[Filtered]"],
      });
      expect(span?.events[0]).toEqual({ name: "sent to [Filtered]", attributes: { to: "[Filtered]" } });
      expect(span?.resource["service.name"]).toBe("service of [Filtered]");
      expectNoSecret(scene);
    },
    { env: { TRACE_SERVICE_NAME: `service of ${EMAIL}` } },
  ));

test("PII-02: the name of the service is masked in error events as well", () =>
  withScene(
    { unary: (_call, callback) => callback({ code: 13, details: "broken" }) },
    async (scene) => {
      await openCall(scene.client, "unary").status;
      await untilRpcSpans(scene.intake);
      await scene.intake.until(() => scene.intake.errors.length === 1, "the error event");
      expect(scene.intake.errors[0]?.tags.service).toBe("service of [Filtered]");
      expectNoSecret(scene);
    },
    { env: { TRACE_SERVICE_NAME: `service of ${EMAIL}` } },
  ));

test("PII-03: message and stack of an exception are cleaned like attributes, on the span and in the event", () =>
  withScene(
    {
      unary() {
        const error = new Error("cannot connect to postgres://app:hunter2@db.internal/ledger");
        error.stack = `${error.name}: ${error.message}\n    at connect (/home/jane.doe/app/db.ts:3:1)\n    at password=hunter2`;
        throw error;
      },
    },
    async (scene) => {
      await openCall(scene.client, "unary").status;
      await untilRpcSpans(scene.intake);
      await scene.intake.until(() => scene.intake.errors.length === 1, "the error event");
      const [span] = serverSpans(scene.intake);
      expect(span?.attributes["exception.message"]).toBe(
        "cannot connect to postgres://[Filtered]@db.internal/ledger",
      );
      expect(span?.attributes["exception.stacktrace"]).toContain(
        "at connect (/home/[Filtered]/app/db.ts:3:1)",
      );
      expect(span?.events[0]?.attributes["exception.stacktrace"]).toBe(
        span?.attributes["exception.stacktrace"],
      );
      expect(sent(scene.intake)).not.toContain("jane.doe");
      expectNoSecret(scene);
    },
  ));

const TOKENS = metadataOf({
  authorization: "Bearer hunter2hunter2",
  cookie: "session=hunter2",
  "x-api-key": "hunter2",
  "x-forward": "Bearer hunter2hunter2",
  "x-note": "plain",
});
TOKENS.set("token-bin", Buffer.from("hunter2"));

test.each([
  ["by default", "", []],
  [
    "by keys that are allowed",
    "authorization,cookie,x-api-key,x-forward,x-note,token-bin",
    ["authorization", "cookie", "token-bin", "x-api-key", "x-forward", "x-note"],
  ],
])("PII-01: of metadata %s no secret is recorded", (_case, keys, recorded) =>
  withScene(
    { unary: (_call, callback) => callback(null, { text: "", count: 1 }) },
    async (scene) => {
      await callUnary(scene.client, { metadata: TOKENS });
      const { client, server } = await untilRpcSpans(scene.intake);
      for (const { attributes } of [...client, ...server]) {
        const names = Object.keys(attributes).filter((name) => name.startsWith("rpc.request.metadata."));
        expect(names.map((name) => name.slice("rpc.request.metadata.".length)).sort()).toEqual(recorded);
        if (recorded.length > 0) expect(attributes["rpc.request.metadata.x-note"]).toEqual(["plain"]);
      }
      expectNoSecret(scene);
    },
    { env: { TRACE_CAPTURE_METADATA: keys } },
  ),
);

test("PII-08: incoming baggage goes on to allowed hosts only, and is never an attribute", async () => {
  const wire = await serveWire();
  const port = wire.address.split(":")[1];
  const env = { TRACE_PROPAGATION_TARGETS: "127.0.0.1, localhost;baggage=sentry" };
  const targets = [`127.0.0.1:${port}`, `localhost:${port}`, `[::ffff:127.0.0.1]:${port}`];
  const seenAt: number[] = [];
  let clients: ReturnType<typeof probeClient>[] = [];
  await withScene(
    {
      async unary(_call, callback) {
        expect(propagation.getActiveBaggage()?.getEntry("email")?.value).toBe(EMAIL);
        for (const client of clients) seenAt.push((await callUnary(client)).count);
        const metadata = metadataOf({ baggage: "own=1" });
        for (const client of clients.slice(1, 2)) seenAt.push((await callUnary(client, { metadata })).count);
        callback(null, { text: "", count: 1 });
      },
    },
    async (scene) => {
      clients = targets.map((target) => probeClient(scene.tracing, target));
      const outside = probeClient(undefined, scene.address);
      await callUnary(outside, {
        metadata: metadataOf({
          baggage: `email=${EMAIL},sentry-release=9`,
          "sentry-trace": `${"1".repeat(32)}-${"2".repeat(16)}-1`,
        }),
      });
      const [all, sentryOnly] = seenAt.slice(0, 2).map((count) => wire.headers(count));
      expect(all?.baggage).toEqual({ email: encodeURIComponent(EMAIL), "sentry-release": "9" });
      expect(sentryOnly?.baggage).toEqual({ "sentry-release": "9" });
      // What the user puts into the metadata of a call by hand is the user's decision; nothing is added to it.
      expect(wire.headers(seenAt[3] ?? 0).baggage).toEqual({ own: "1", "sentry-release": "9" });
      const stranger = wire.seen[(seenAt[2] ?? 0) - 1]?.getMap() ?? {};
      expect(Object.keys(stranger).filter((name) => /trace|baggage/.test(name))).toEqual([]);
      await scene.intake.until(() => scene.intake.spans.length === 5, "five spans");
      expectNoSecret(scene);
      for (const client of [...clients, outside]) client.close();
    },
    { env },
  );
  wire.stop();
});

test("a card that lies across the end of a reason to keep is masked whole", () =>
  withScene({}, async ({ intake, tracing }) => {
    tracing.withSpan("job", () => tracing.keepTrace(`${"x".repeat(48)} 4111 1111 1111 1111`));
    await tracing.forceFlush();
    const [span] = intake.spans;
    expect(span?.attributes["tracekeep.keep.reason"]).toMatch(/^x{48} \[Filter/);
    expect(JSON.stringify(intake.spans)).not.toContain("4111");
  }));

test("a member of the tracestate with a secret in it travels on, and is not recorded", async () => {
  const wire = await serveWire();
  await withScene(
    {
      async unary(_call, callback) {
        const client = probeClient(tracingOf?.(), wire.address);
        await callUnary(client);
        client.close();
        callback(null, { text: "", count: 1 });
      },
    },
    async (scene) => {
      tracingOf = () => scene.tracing;
      const outside = probeClient(undefined, scene.address);
      const tracestate = `acme=${EMAIL},corp=t61rcWkgMzE`;
      await callUnary(outside, {
        metadata: metadataOf({ traceparent: `00-${"1".repeat(32)}-${"2".repeat(16)}-01`, tracestate }),
      });
      outside.close();
      await scene.intake.until(() => scene.intake.spans.length === 2, "both spans");
      for (const span of scene.intake.spans) expect(span.traceState).toBe("corp=t61rcWkgMzE");
      expect(wire.seen[0]?.get("tracestate")).toEqual([tracestate]);
      expectNoSecret(scene);
    },
  );
  wire.stop();
});

let tracingOf: (() => Scene["tracing"]) | undefined;
