import { findProxy, type HttpProxy } from "../../../transport/proxy.ts";
import { type Finding, fault, ok } from "../finding.ts";

/** The proxy that is on the way to a destination. */
export interface ProxyOnTheWay {
  /** The variable that names it. */
  readonly variable: string;
  readonly proxy: HttpProxy;
}

/** Finds the proxy for a URL; a finding if the one that is named cannot be one. */
export async function proxyFor(url: string, name: string): Promise<ProxyOnTheWay | Finding | undefined> {
  const variable = proxyVariable(url);
  if (variable === undefined) return undefined;
  try {
    const proxy = findProxy(url);
    return proxy && { variable, proxy };
  } catch {
    const fix = `set ${variable} to a URL such as http://proxy.example:3128, or remove it`;
    return fault(name, `${variable} is not an http or https URL`, fix);
  }
}

/** The variable that counts for a URL, in the order in which they are looked at. */
function proxyVariable(url: string): string | undefined {
  const own = `${new URL(url).protocol.slice(0, -1)}_proxy`;
  return [own, own.toUpperCase(), "all_proxy", "ALL_PROXY"].find(
    (variable) => (process.env[variable] ?? "") !== "",
  );
}

/** Whether the proxy let a request through. */
export function judgeProxy(
  name: string,
  { variable, proxy }: ProxyOnTheWay,
  error: Error | undefined,
): Finding {
  const [, status] = /^the proxy answered with status (\d+)/.exec(error?.message ?? "") ?? [];
  const where = `${proxy.url} (${variable})`;
  if (status === undefined) return ok(name, where);
  return status === "407"
    ? fault(name, `${where} wants other credentials (407)`, `put USER:PASSWORD@ into ${variable}`)
    : fault(
        name,
        `${where} does not let requests through (${status})`,
        "have the proxy allow the host, or except it in NO_PROXY",
      );
}
