import type { AttributeValue } from "@opentelemetry/api";
import {
  ATTR_ERROR_TYPE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_RPC_METHOD,
  ATTR_RPC_STATUS_CODE,
  ATTR_RPC_SYSTEM_NAME,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "@opentelemetry/semantic-conventions";
import { createAttributeBlock } from "../otlp/index.ts";
import type { MetadataLike } from "../propagation/index.ts";
import type { AttributeBlock, RecordedSpan, RelayedFailure } from "../spans/index.ts";
import { type Address, parseAddress } from "./addresses.ts";
import type { MessageTraffic } from "./message-traffic.ts";
import { statusName } from "./status.ts";

/** The numeric status, which older dashboards and Sentry's own instrumentations use. */
const RPC_GRPC_STATUS_CODE = "rpc.grpc.status_code";
const LONGEST_METADATA_VALUE_LIST = 16;
const MOST_BLOCKS = 1_000;

/** Attributes that every RPC span of a method has from its start. */
export function rpcBlock(op: "rpc.server" | "rpc.client", name: string, service: string): AttributeBlock {
  return createAttributeBlock({
    [ATTR_RPC_SYSTEM_NAME]: "grpc",
    [ATTR_RPC_METHOD]: name,
    // Not of the stable conventions any more, but Sentry works out an operation from it.
    "rpc.service": service,
    "sentry.op": op,
    "sentry.origin": "auto.rpc.tracekeep",
  });
}

const serverBlocks = createBlocks((address: Address) =>
  createAttributeBlock({ [ATTR_SERVER_ADDRESS]: address.host, [ATTR_SERVER_PORT]: address.port }),
);
const peerBlocks = createBlocks((address: Address) =>
  createAttributeBlock({ [ATTR_NETWORK_PEER_ADDRESS]: address.host, [ATTR_NETWORK_PEER_PORT]: address.port }),
);
const endBlocks = createBlocks((code: number) => createAttributeBlock(endOf(code)));
const errorBlocks = createBlocks((code: number) =>
  createAttributeBlock({ ...endOf(code), [ATTR_ERROR_TYPE]: statusName(code) }),
);

function endOf(code: number): Record<string, AttributeValue> {
  return { [RPC_GRPC_STATUS_CODE]: code, [ATTR_RPC_STATUS_CODE]: statusName(code) };
}

export function setServerAddress(span: RecordedSpan, address: Address | undefined): void {
  if (address !== undefined) span.addBlock(serverBlocks(address, address));
}

export function setPeer(span: RecordedSpan, peer: string): void {
  const address = parseAddress(peer);
  if (address !== undefined) span.addBlock(peerBlocks(address, address));
}

/** Attributes that tell how a call ended. */
export function setRpcEnd(span: RecordedSpan, code: number, isError: boolean): void {
  span.addBlock(isError ? errorBlocks(code, code) : endBlocks(code, code));
}

/** Blocks by what they are made of, made when they are first needed. */
function createBlocks<T>(make: (of: T) => AttributeBlock): (key: unknown, of: T) => AttributeBlock {
  const known = new Map<unknown, AttributeBlock>();
  return (key, of) => {
    let block = known.get(key);
    if (block === undefined) {
      block = make(of);
      // A peer's port is new with each connection: begin anew rather than grow.
      if (known.size >= MOST_BLOCKS) known.clear();
      known.set(key, block);
    }
    return block;
  };
}

/** Who failed first, on a span that only passes the failure on. A peer said it, so it is sanitised. */
export function setRelayed(span: RecordedSpan, { service, method, code }: RelayedFailure): void {
  span.setAttributes({
    // Not known where the server is gone, or not traced.
    ...(service === "" ? {} : { "tracekeep.relayed.service": service }),
    "tracekeep.relayed.method": method,
    "tracekeep.relayed.code": code,
  });
}

/** The span that failed first, as far as can be seen from here. */
export function setRootCause(span: RecordedSpan): void {
  span.setClean("tracekeep.root_cause", true);
}

/** How long a call may take, as it was at its start, in milliseconds. */
export function setDeadline(span: RecordedSpan, deadline: number | Date, now: number): void {
  const at = Number(deadline);
  if (Number.isFinite(at)) span.setClean("tracekeep.rpc.deadline_ms", Math.round(at - now));
}

/** How many messages went each way, unless it was one as in every unary call, and their bytes. */
export function setTraffic(span: RecordedSpan, traffic: MessageTraffic, streaming: boolean): void {
  const { sent, received, bytesSent, bytesReceived } = traffic;
  if (streaming || sent !== 1 || received !== 1) {
    span.setClean("tracekeep.rpc.messages_sent", sent);
    span.setClean("tracekeep.rpc.messages_received", received);
  }
  if (bytesSent !== undefined) span.setClean("tracekeep.rpc.bytes_sent", bytesSent);
  if (bytesReceived !== undefined) span.setClean("tracekeep.rpc.bytes_received", bytesReceived);
}

/** Metadata whose keys the operator has allowed; masked like any attribute, binary values as their size. */
export function setMetadata(span: RecordedSpan, metadata: MetadataLike, keys: readonly string[]): void {
  for (const key of keys) {
    const values = metadata.get(key).slice(0, LONGEST_METADATA_VALUE_LIST);
    const texts = values.map((value) => (typeof value === "string" ? value : `[${value.length} bytes]`));
    if (texts.length > 0) span.setAttribute(`rpc.request.metadata.${key}`, texts as AttributeValue);
  }
}
