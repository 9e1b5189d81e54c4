import { Channel, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ChannelPeers, createRecallCounters, Recaller } from "./index.ts";

const DECISION = { kept: true, probability: 1, reason: "error", bytes: 0, dropped: 0, reported: false };
const TRACE = "0af7651916cd43dd8448eb211c80319c";

/** A server that answers UNIMPLEMENTED to every recall. */
let server: Server;
let channel: Channel;
let address: string;
beforeEach(async () => {
  server = new Server();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  address = `127.0.0.1:${port}`;
  channel = new Channel(address, credentials.createInsecure(), {});
});
afterEach(() => {
  channel.close();
  server.forceShutdown();
});

async function recallFrom(served: string) {
  const counters = createRecallCounters();
  const peers = new ChannelPeers(channel, undefined);
  const peer = peers.peerAt(served);
  if (peer === undefined) throw new Error("the address names a peer");
  peers.answered(peer, true);
  const recaller = new Recaller(counters);
  recaller.recall([peer], TRACE, DECISION);
  await recaller.flush();
  await recaller.close(0);
  return { counters, peers, peer };
}

test("a peer that refuses a recall is asked again by the next calls, and may take recalls again", async () => {
  const { counters, peers, peer } = await recallFrom(address);
  expect(counters).toMatchObject({ sent: 1, missed: 1 });
  expect([peer.takesRecalls, peer.isUntraced, peers.asks]).toEqual([false, false, true]);
  peers.answered(peer, true);
  expect([peer.takesRecalls, peers.asks]).toEqual([true, false]);
});

test("a refusal by another instance says nothing of the one that was meant", async () => {
  const { counters, peers, peer } = await recallFrom("127.0.0.1:1");
  expect(counters).toMatchObject({ sent: 1, missed: 1 });
  expect([peer.takesRecalls, peers.asks]).toEqual([true, false]);
});
