import type { ServerInterceptingCallInterface } from "@grpc/grpc-js";
import {
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "@opentelemetry/semantic-conventions";
import { createAttributeBlock } from "../otlp/index.ts";
import type { AttributeBlock } from "../spans/index.ts";
import { type Address, parseAddress } from "./addresses.ts";

/** What a call says of its two ends. Older versions of grpc-js tell the peer as text only. */
export type ConnectedCall = Pick<ServerInterceptingCallInterface, "getHost" | "getPeer"> &
  Partial<Pick<ServerInterceptingCallInterface, "getConnectionInfo">>;

interface Connection {
  readonly host: string | undefined;
  readonly peer: string | undefined;
  readonly block: AttributeBlock;
}

const MOST_CONNECTIONS = 1_000;
/** By the peer's port, which is a number and has no hash to be worked out for each call. */
const connections = new Map<number, Connection>();

/** The attributes of both ends of an incoming call, which are the same for all calls of a connection. */
export function connectionBlock(call: ConnectedCall): AttributeBlock {
  const host = call.getHost() ?? undefined;
  const info = call.getConnectionInfo?.();
  const port = info?.remotePort;
  if (port === undefined) return describe(host, parseAddress(call.getPeer()));
  const peer = info?.remoteAddress;
  const known = connections.get(port);
  if (known !== undefined && known.host === host && known.peer === peer) return known.block;
  const block = describe(host, peer === undefined ? undefined : { host: peer, port });
  // A peer's port is new with each connection: begin anew rather than grow.
  if (connections.size >= MOST_CONNECTIONS) connections.clear();
  connections.set(port, { host, peer, block });
  return block;
}

function describe(host: string | undefined, peer: Address | undefined): AttributeBlock {
  const server = host === undefined ? undefined : parseAddress(host);
  return createAttributeBlock({
    [ATTR_SERVER_ADDRESS]: server?.host,
    [ATTR_SERVER_PORT]: server?.port,
    [ATTR_NETWORK_PEER_ADDRESS]: peer?.host,
    [ATTR_NETWORK_PEER_PORT]: peer?.port,
  });
}
