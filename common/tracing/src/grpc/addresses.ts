export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * Host and port of a gRPC target (`dns:///ledger:50051`, `ipv4:127.0.0.1:50051`), an authority or a
 * peer (`127.0.0.1:50051`, `[::1]:50051`, `::1:50051`); undefined if there is no host, as for `unknown` and
 * socket paths. What a hostile peer sends as its authority must look like a host, too.
 */
export function parseAddress(text: string): Address | undefined {
  // No host is that long; a list of addresses may be, which a program has but few of.
  if (text.length > LONGEST_CACHED) return parse(text);
  const known = cache.get(text);
  if (known !== undefined || cache.has(text)) return known;
  const address = parse(text);
  // A peer's port is new with each connection: begin anew rather than grow.
  if (cache.size >= MOST_ADDRESSES) cache.clear();
  cache.set(text, address);
  return address;
}

const MOST_ADDRESSES = 1_000;
const LONGEST_CACHED = 512;
const cache = new Map<string, Address | undefined>();

function parse(text: string): Address | undefined {
  const bare =
    text.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/]*\/|\/{0,2})(?=[^\d]|\d+\.|\d*:)/i, "").split(",")[0] ?? "";
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^\s]+?))(?::(\d{1,5}))?$/.exec(bare) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || host === "unknown" || !/^[\w.:%-]{1,253}$/.test(host)) return undefined;
  return { host, port: port === undefined ? undefined : Number(port) };
}
