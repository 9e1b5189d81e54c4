import { randomBytes } from "node:crypto";
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from "node:http2";
import { expect, test } from "vitest";
import { type Mesh, startMesh } from "../keeping/harness/mesh.ts";

const MEGABYTE = 2 ** 20;
const REQUESTS = 5_000;
const AT_A_TIME = 100;

/** A request with the text `{}`, a plan of nothing to do, as it goes over the wire. */
const NOTHING = Buffer.from([0, 0, 0, 0, 4, 0x0a, 2, 0x7b, 0x7d]);

/** Sends a call; resolves when it is over, however it ends. */
function send(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<void> {
  return new Promise((resolve) => {
    const request = session.request({
      ":method": "POST",
      ":path": "/probe.v1.ProbeService/Unary",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    request.on("error", () => {});
    request.on("close", resolve);
    request.resume();
    request.end(NOTHING);
  });
}

async function flood(mesh: Mesh, headersOf: (number: number) => OutgoingHttpHeaders): Promise<void> {
  const session = connect(`http://${mesh.addresses.gateway}`);
  session.on("error", () => {});
  for (let sent = 0; sent < REQUESTS; sent += AT_A_TIME)
    await Promise.all(
      Array.from({ length: AT_A_TIME }, (_, index) => send(session, headersOf(sent + index))),
    );
  await new Promise<void>((resolve) => session.close(resolve));
}

async function look(mesh: Mesh) {
  const { heapBytes = 0, stats } = await mesh.service("gateway").order({ do: "look" });
  if (stats === undefined) throw new Error("the service is gone");
  return { heapBytes, stats };
}

const text = (bytes: number): string => randomBytes(bytes).toString("hex");
const parent = (): string => `00-${text(16)}-${text(8)}-01`;

/** Each request brings what none has brought before. */
const FLOODS: Readonly<Record<string, (number: number) => OutgoingHttpHeaders>> = {
  "trace ids": () => ({ traceparent: parent(), "sentry-trace": `${text(16)}-${text(8)}-1` }),
  tenants: () => ({ "x-tenant-id": text(30) }),
  hosts: () => ({ ":authority": `${text(20)}.example:443` }),
  "methods of 8 kB": () => ({ ":path": `/${text(2_000)}/${text(2_000)}` }),
  "baggage of 6 kB and tracestates": () => ({
    traceparent: parent(),
    tracestate: `v${text(4)}=${text(100)}`,
    baggage: Array.from({ length: 30 }, () => `${text(10)}=${text(90)}`).join(),
  }),
  "signals with ids": () => ({
    traceparent: parent(),
    tracekeep: `v=1;asks=1;why=${text(200)};id=${text(16)}`,
  }),
};

test.each(Object.entries(FLOODS))(
  "10,000 requests with new %s each take no more memory than as many alike, and nothing is sampled",
  async (_case, headersOf) => {
    const env = {
      TRACE_TRUST_REMOTE: "ids",
      TRACE_TENANT_KEY: "x-tenant-id",
      TRACE_KEEP_MAX_PER_SECOND: "1",
    };
    const mesh = await startMesh(
      { gateway: { env } },
      { TRACE_SAMPLE_RATE: "0", TRACE_RECORDER_BYTES: "1048576" },
    );
    await flood(mesh, () => ({}));
    const warm = await look(mesh);
    expect(warm.stats.spans.ended).toBe(REQUESTS);
    for (let round = 0; round < 2; round++) await flood(mesh, headersOf);
    const { heapBytes, stats } = await look(mesh);
    expect(heapBytes - warm.heapBytes).toBeLessThan(4 * MEGABYTE);
    expect(stats.spans).toMatchObject({ open: 0, sampled: 0 });
    expect(stats.record.usedBytes).toBeLessThanOrEqual(stats.record.bytes);
    expect(stats.kept.traces).toBe(0);
  },
);
