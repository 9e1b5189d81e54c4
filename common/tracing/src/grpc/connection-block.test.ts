import { expect, test } from "vitest";
import { type ConnectedCall, connectionBlock } from "./connection-block.ts";

const call = (host: string, remoteAddress?: string, remotePort?: number): ConnectedCall => ({
  getHost: () => host,
  getPeer: () => `${remoteAddress}:${remotePort}`,
  getConnectionInfo: () => ({ remoteAddress, remotePort }),
});

const attributesOf = (of: ConnectedCall) => Object.fromEntries(connectionBlock(of).entries);

const LEDGER = { "server.address": "ledger", "server.port": 50051 };

test("the calls of a connection share one block, and it tells both ends", () => {
  const block = connectionBlock(call("ledger:50051", "10.0.0.7", 41000));
  expect(connectionBlock(call("ledger:50051", "10.0.0.7", 41000))).toBe(block);
  expect(Object.fromEntries(block.entries)).toEqual({
    ...LEDGER,
    "network.peer.address": "10.0.0.7",
    "network.peer.port": 41000,
  });
});

test("another peer with the same port, and another authority on a connection, are told apart", () => {
  const peers = ["10.0.0.7", "10.0.0.8", "::1"].map(
    (peer) => attributesOf(call("ledger:50051", peer, 41001))["network.peer.address"],
  );
  expect(peers).toEqual(["10.0.0.7", "10.0.0.8", "::1"]);
  const hosts = ["ledger:50051", "treasury", "ledger:50051"].map(
    (host) => attributesOf(call(host, "10.0.0.7", 41002))["server.address"],
  );
  expect(hosts).toEqual(["ledger", "treasury", "ledger"]);
});

test("a grpc-js that tells the peer as text only, and a peer that is no host", () => {
  const { getConnectionInfo: _left, ...older } = call("ledger:50051", "10.0.0.7", 41003);
  expect(attributesOf(older)).toEqual({
    ...LEDGER,
    "network.peer.address": "10.0.0.7",
    "network.peer.port": 41003,
  });
  expect(attributesOf({ ...older, getPeer: () => "unknown" })).toEqual(LEDGER);
  expect(attributesOf({ ...call("no host at all"), getPeer: () => "unknown" })).toEqual({});
});

test("whatever ports and authorities come, each call is told its own", () => {
  for (let port = 1; port < 3_000; port++) {
    const told = attributesOf(call(`host-${port % 7}`, `10.0.0.${port % 5}`, port));
    expect(told).toEqual({
      "server.address": `host-${port % 7}`,
      "network.peer.address": `10.0.0.${port % 5}`,
      "network.peer.port": port,
    });
  }
});

test("connections that are gone pin no memory: after a thousand others the first is described anew", () => {
  const first = connectionBlock(call("ledger", "10.0.0.7", 50_000));
  expect(connectionBlock(call("ledger", "10.0.0.7", 50_000))).toBe(first);
  for (let port = 10_000; port < 12_000; port++) connectionBlock(call("ledger", "10.0.0.7", port));
  const again = connectionBlock(call("ledger", "10.0.0.7", 50_000));
  expect(again).not.toBe(first);
  expect(again.entries).toEqual(first.entries);
});
