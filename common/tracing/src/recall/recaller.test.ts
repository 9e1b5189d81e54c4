import { Channel, credentials } from "@grpc/grpc-js";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ChannelPeers, createRecallCounters, Recaller } from "./index.ts";

const DECISION = { kept: true, probability: 1, reason: "error", bytes: 0, dropped: 0, reported: false };
const TRACE = "0af7651916cd43dd8448eb211c80319c";

let channel: Channel;
beforeEach(() => {
  channel = new Channel("127.0.0.1:1", credentials.createInsecure(), {});
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
  channel.close();
});

function setUp() {
  const counters = createRecallCounters();
  const peers = new ChannelPeers(channel, undefined);
  const peer = peers.peerAt("10.0.0.1:50051");
  if (peer === undefined) throw new Error("the address names a peer");
  return { counters, peers, peer, recaller: new Recaller(counters) };
}

test("a peer that was asked and takes no recalls has nothing that could be missing", () => {
  const { counters, peers, peer, recaller } = setUp();
  peers.answered(peer, false);
  recaller.recall([peer], TRACE, DECISION);
  recaller.recallNumber(peer.number, TRACE, DECISION);
  vi.advanceTimersByTime(10_000);
  expect(counters).toEqual({ sent: 0, served: 0, missed: 0 });
});

test("one that is found to take none while a recall waits is no loss either", () => {
  const { counters, peers, peer, recaller } = setUp();
  recaller.recall([peer], TRACE, DECISION);
  vi.advanceTimersByTime(500);
  peers.answered(peer, false);
  vi.advanceTimersByTime(10_000);
  expect(counters).toEqual({ sent: 0, served: 0, missed: 0 });
});

test("one that never said anything is given up, and counted once", () => {
  const { counters, peer, recaller } = setUp();
  recaller.recall([peer], TRACE, DECISION);
  vi.advanceTimersByTime(1_900);
  expect(counters.missed).toBe(0);
  vi.advanceTimersByTime(10_000);
  expect(counters).toEqual({ sent: 0, served: 0, missed: 1 });
  expect(vi.getTimerCount()).toBe(0);
});

test("requests ask until everybody behind the channel takes recalls, and again when there is somebody new", () => {
  const { peers, peer } = setUp();
  expect(peers.asks).toBe(true);
  peers.answered(peer, true);
  expect(peers.asks).toBe(false);
  expect(peers.peerAt("10.0.0.1:50051")).toBe(peer);
  expect(peers.asks).toBe(false);
  peers.peerAt("10.0.0.2:50051");
  expect(peers.asks).toBe(true);
});

test.each(["unknown", "dns:127.0.0.1:1"])("%s names no peer", (address) => {
  expect(setUp().peers.peerAt(address)).toBeUndefined();
});

test("of one that never said anything, the word of another behind the same channel is taken", () => {
  const { counters, peers, peer, recaller } = setUp();
  const other = peers.peerAt("10.0.0.2:50051");
  if (other === undefined) throw new Error("the address names a peer");
  peers.answered(other, true);
  recaller.recall([peer], TRACE, DECISION);
  vi.advanceTimersByTime(1_900);
  expect(counters.sent).toBe(0);
  vi.advanceTimersByTime(500);
  expect(counters.sent).toBe(1);
});

test("a call of a method that is never traced takes no word back", () => {
  const { peers, peer } = setUp();
  peers.answered(peer, true);
  peers.answered(peer, false);
  expect([peer.takesRecalls, peer.isUntraced]).toEqual([true, false]);
});

test("an instance that has gone is not asked, nor connected to, until it serves another call", async () => {
  vi.useRealTimers();
  const dialled: Channel[] = [];
  const dial = (address: string) => {
    const one = new Channel(address, credentials.createInsecure(), {});
    dialled.push(one);
    return one;
  };
  const counters = createRecallCounters();
  const peers = new ChannelPeers(channel, dial);
  const recaller = new Recaller(counters);
  const gone = peers.peerAt("127.0.0.1:2");
  if (gone === undefined) throw new Error("the address names a peer");
  peers.answered(gone, true);
  const recall = async () => {
    recaller.recall([gone], TRACE, DECISION);
    await recaller.flush();
  };
  await recall();
  expect([gone.isGone, peers.here(), dialled.length]).toEqual([true, [], 1]);
  await recall();
  expect(dialled).toHaveLength(1);
  expect(peers.peerAt("127.0.0.1:2")).toBe(gone);
  expect(peers.here()).toEqual([gone]);
  await recall();
  expect(dialled).toHaveLength(2);
  await recaller.close(100);
});
