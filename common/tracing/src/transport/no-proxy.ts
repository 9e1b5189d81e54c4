import { BlockList, isIP } from "node:net";

/**
 * Whether NO_PROXY names the host of a URL: by its name or address, by a domain that it is in, or by a range of
 * addresses (CIDR), each with a port or without.
 */
export function isExcepted({ hostname, port, protocol }: URL, noProxy: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  const ownPort = port === "" ? DEFAULT_PORTS[protocol] : port;
  return noProxy
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      const [, name = entry, named = ownPort] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
      return named === ownPort && (isInRange(host, name) || isInDomain(host, name));
    });
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** `example.com` is itself and what is below it; `.example.com` and `*.example.com` are what is below. */
function isInDomain(host: string, name: string): boolean {
  if (name === "*" || name === host) return true;
  return isIP(host) === 0 && host.endsWith(`.${name.replace(/^\*?\./, "")}`);
}

function isInRange(host: string, range: string): boolean {
  const [, net = "", prefix = ""] = /^([^/]+)\/(\d{1,3})$/.exec(range) ?? [];
  const family = isIP(net);
  if (family === 0 || family !== isIP(host) || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(net, Number(prefix), family === 4 ? "ipv4" : "ipv6");
  return list.check(host, family === 4 ? "ipv4" : "ipv6");
}
