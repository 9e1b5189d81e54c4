import { createHistogram } from "node:perf_hooks";
import { credentials } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { answerParent, tellParent } from "./conversation.ts";

/** Requests under way at any time, and the connections that they are spread over. */
const IN_FLIGHT = 50;
const CONNECTIONS = 5;

export interface LoadQuestion {
  readonly address: string;
  readonly seconds: number;
}

export interface LoadReply {
  /** Answered with OK. */
  readonly requests: number;
  /** How long it took until the last one was answered. */
  readonly seconds: number;
  /** Latency in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

let current: { readonly address: string; readonly clients: readonly ProbeServiceClient[] } | undefined;

/** The connections to the service that is measured; they stay from its warm-up on. */
function clientsOf(address: string): readonly ProbeServiceClient[] {
  if (current?.address === address) return current.clients;
  for (const client of current?.clients ?? []) client.close();
  const open = () =>
    new ProbeServiceClient(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  const clients = Array.from({ length: CONNECTIONS }, open);
  current = { address, clients };
  return clients;
}

function call(client: ProbeServiceClient, count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.unary({ text: "the quick brown fox", count }, (error) => (error ? reject(error) : resolve()));
  return promise;
}

async function run({ address, seconds }: LoadQuestion): Promise<LoadReply> {
  const latencies = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  const start = performance.now();
  const end = start + seconds * 1_000;
  const keepCalling = async (client: ProbeServiceClient) => {
    for (let before = performance.now(); before < end; ) {
      await call(client, latencies.count);
      const after = performance.now();
      latencies.record(Math.max(1, Math.round((after - before) * 1_000)));
      before = after;
    }
  };
  const clients = clientsOf(address);
  await Promise.all(
    clients.flatMap((client) => Array.from({ length: IN_FLIGHT / CONNECTIONS }, () => keepCalling(client))),
  );
  return {
    requests: latencies.count,
    seconds: (performance.now() - start) / 1_000,
    p50: latencies.percentile(50) / 1_000,
    p99: latencies.percentile(99) / 1_000,
  };
}

tellParent({});
answerParent<LoadQuestion>(run);
