import { expect, test, vi } from "vitest";
import { withSpan } from "../../src/index.ts";
import type { ArrivedRequest } from "../harness/intake.ts";
import { startTestTracing } from "../harness/probe.ts";
import { startSentry } from "../protocols/harness/sentry.ts";
import { readSpooled, spoolDirectory } from "./harness/spools.ts";

test("a request that the server fails at each time holds no other one up, and stays", async () => {
  const sentry = await startSentry();
  const directory = spoolDirectory();
  const env = { TRACE_EXPORT_PROTOCOL: "envelope", TRACE_SPOOL_DIR: directory };
  const fail = () => {
    throw new Error("the bank is closed");
  };
  sentry.judge = () => "hang";
  const before = startTestTracing(sentry, env);
  for (const name of ["poison", "good", "better"]) expect(() => withSpan(name, fail)).toThrow();
  const isTransaction = ({ body }: ArrivedRequest) => body.includes('{"type":"transaction"');
  // A request that is still on its way at the shutdown could be taken after all.
  await vi.waitFor(() => expect(sentry.requests.filter(isTransaction)).toHaveLength(3));
  await before.shutdown(100);
  const names = () => sentry.spans.map(({ name }) => name);
  const isPoison = (body: Buffer) => body.includes('"transaction":"poison"');
  const from = sentry.requests.length;
  const tried = () => sentry.requests.slice(from).filter(({ body }) => isPoison(body)).length;
  let failures = 0;
  sentry.judge = ({ body }) => {
    if (isPoison(body)) return { status: 502 };
    return body.includes('"transaction":"live"') && failures++ === 0 ? { status: 503 } : undefined;
  };
  const after = startTestTracing(sentry, env);
  await sentry.until(() => tried() === 1, "the first try");
  // The spool is looked into again as soon as the destination takes spans again.
  withSpan("live", () => {});
  await sentry.until(() => names().includes("better") && tried() === 2, "the others, and a second try");
  await after.shutdown(1_000);
  expect(names().toSorted()).toEqual(["better", "good", "live"]);
  expect(Object.values(after.stats().export)[0]?.spool).toMatchObject({ sent: 2 });
  expect(readSpooled(directory).map((body) => isPoison(Buffer.from(body)))).toEqual([true]);
});
