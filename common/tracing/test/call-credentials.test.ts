import { readFileSync } from "node:fs";
import { credentials, Metadata, Server, ServerCredentials } from "@grpc/grpc-js";
import { ProbeServiceClient, ProbeServiceService } from "@tracekeep/proto/probe/v1";
import { expect, test } from "vitest";
import { withSpan } from "../src/index.ts";
import { startIntake } from "./harness/intake.ts";
import { startTestTracing } from "./harness/probe.ts";
import { fixture } from "./harness/run-node.ts";

const request = { text: "", count: 0 };
/** Credentials that fetch a token, in a span of its own. */
const fetching = () =>
  credentials.createFromMetadataGenerator((_options, done) =>
    withSpan("token", () => done(null, new Metadata())),
  );
const pem = readFileSync(fixture("localhost.pem"), "utf8");
const [key = "", cert = ""] = pem.match(/-----BEGIN[\s\S]*?-----END .*-----/g) ?? [];

test.each(["the call", "the channel"])(
  "CTX-04: a token that the credentials of %s fetch is in the trace of its call, though all wait for one connection",
  async (whose) => {
    const intake = await startIntake();
    const tracing = startTestTracing(intake);
    const ofChannel = whose === "the channel";
    const server = new Server({ interceptors: tracing.serverInterceptors() });
    server.addService(ProbeServiceService, {
      unary: (_call: unknown, callback: (error: null, answer: object) => void) => callback(null, request),
    } as never);
    const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync("localhost:0", ServerCredentials.createSsl(null, [pair]), (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const secure = credentials.createSsl(Buffer.from(cert));
    const ofClient = ofChannel ? credentials.combineChannelCredentials(secure, fetching()) : secure;
    const client = new ProbeServiceClient(`localhost:${port}`, ofClient, tracing.clientOptions());
    const ask = (name: string) =>
      withSpan(name, () => {
        const options = ofChannel ? {} : { credentials: fetching() };
        return new Promise((resolve) => client.unary(request, new Metadata(), options, resolve));
      });
    await Promise.all(["a", "b", "c"].map(ask));
    await tracing.forceFlush();
    await intake.until(
      () => intake.spans.filter(({ name }) => name === "token").length === 3,
      "three tokens",
    );
    const tracesOf = (names: readonly string[]) =>
      intake.spans
        .filter(({ name }) => names.includes(name))
        .map(({ traceId }) => traceId)
        .toSorted();
    expect(tracesOf(["token"])).toEqual(tracesOf(["a", "b", "c"]));
    client.close();
    server.forceShutdown();
    await tracing.shutdown(500);
    await intake.close();
  },
);
