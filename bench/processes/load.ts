import { createHistogram } from "node:perf_hooks";
import { credentials } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { callStream, callUnary, MESSAGES } from "./calls.ts";
import { answerParent, tellParent } from "./conversation.ts";

/** Calls under way at any time, and the connections that they are spread over. */
const IN_FLIGHT = 50;
const STREAMS_IN_FLIGHT = 10;
const CONNECTIONS = 5;

export interface LoadQuestion {
  readonly address: string;
  /** In percent, spread evenly. */
  readonly failing: number;
  /** Calls of 1,000 messages instead of single ones. */
  readonly stream: boolean;
  /** No call begins after so many seconds, or so many calls. */
  readonly seconds?: number;
  readonly calls?: number;
}

export interface LoadReply {
  readonly calls: number;
  /** Messages of streams, or calls. */
  readonly requests: number;
  /** How long it took until the last one was answered. */
  readonly seconds: number;
  /** Latency of a call in milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** The connections to each measured service; they stay from its warm-up on. */
const connections = new Map<string, readonly ProbeServiceClient[]>();

function clientsOf(address: string): readonly ProbeServiceClient[] {
  const open = () =>
    new ProbeServiceClient(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  const clients = connections.get(address) ?? Array.from({ length: CONNECTIONS }, open);
  connections.set(address, clients);
  return clients;
}

async function run({ address, failing, stream, seconds, calls }: LoadQuestion): Promise<LoadReply> {
  const latencies = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  const start = performance.now();
  const end = start + (seconds ?? Number.POSITIVE_INFINITY) * 1_000;
  const most = calls ?? Number.POSITIVE_INFINITY;
  let next = 0;
  const keepCalling = async (client: ProbeServiceClient) => {
    for (let before = performance.now(); before < end && next < most; ) {
      const index = next++;
      await (stream ? callStream(client) : callUnary(client, index, (index * failing) % 100 < failing));
      const after = performance.now();
      latencies.record(Math.max(1, Math.round((after - before) * 1_000)));
      before = after;
    }
  };
  const atATime = (stream ? STREAMS_IN_FLIGHT : IN_FLIGHT) / CONNECTIONS;
  await Promise.all(
    clientsOf(address).flatMap((client) => Array.from({ length: atATime }, () => keepCalling(client))),
  );
  return {
    calls: latencies.count,
    requests: latencies.count * (stream ? MESSAGES : 1),
    seconds: (performance.now() - start) / 1_000,
    p50: latencies.percentile(50) / 1_000,
    p99: latencies.percentile(99) / 1_000,
  };
}

tellParent({});
answerParent<LoadQuestion>(run);
