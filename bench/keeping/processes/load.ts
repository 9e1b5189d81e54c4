import { setTimeout } from "node:timers/promises";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ProbeServiceClient, type UnaryResponse } from "@tracekeep/proto/probe/v1";
import { answerParent, tellParent } from "../../processes/conversation.ts";

export interface LoadQuestion {
  readonly address: string;
  readonly requests: number;
  /** In percent; spread evenly. */
  readonly failing: number;
  /** At this pace, or as fast as the service answers 50 at a time. */
  readonly perSecond?: number;
}

export interface LoadReply {
  readonly seconds: number;
}

const CONNECTIONS = 5;
const AT_A_TIME = 50;
const TICK_MS = 5;

let current: { readonly address: string; readonly clients: readonly ProbeServiceClient[] } | undefined;

function clientsOf(address: string): readonly ProbeServiceClient[] {
  if (current?.address === address) return current.clients;
  for (const client of current?.clients ?? []) client.close();
  const open = () =>
    new ProbeServiceClient(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });
  current = { address, clients: Array.from({ length: CONNECTIONS }, open) };
  return current.clients;
}

/** Resolves for each answer that is as planned. */
function call(client: ProbeServiceClient, fails: boolean): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const answered = (error: ServiceError | null, _response: UnaryResponse): void => {
    if ((error?.details === "the bank is closed") === fails && (fails || error === null)) resolve();
    else reject(error ?? new Error("A request did not fail."));
  };
  client.unary({ text: fails ? "fail" : "the quick brown fox", count: 0 }, answered);
  return promise;
}

async function run({ address, requests, failing, perSecond }: LoadQuestion): Promise<LoadReply> {
  const clients = clientsOf(address);
  const start = performance.now();
  let next = 0;
  const callNext = (): Promise<void> => {
    const index = next++;
    return call(clients[index % CONNECTIONS] as ProbeServiceClient, index % 100 < failing);
  };
  if (perSecond === undefined) {
    const work = async () => {
      while (next < requests) await callNext();
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
  } else {
    const calls: Promise<void>[] = [];
    while (next < requests) {
      const due = Math.min(requests, ((performance.now() - start) / 1_000) * perSecond);
      while (next < due) calls.push(callNext());
      await setTimeout(TICK_MS);
    }
    await Promise.all(calls);
  }
  return { seconds: (performance.now() - start) / 1_000 };
}

tellParent({});
answerParent<LoadQuestion>(run);
