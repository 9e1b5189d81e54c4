import type { Command } from "../command.ts";
import { UsageError } from "../usage-error.ts";
import { tail } from "./tail.ts";

/** Where the viewer listens if it is not told otherwise. */
const VIEWER = "http://127.0.0.1:4319";

const USAGE = `Usage: tracekeep tail [options]

Prints each trace that arrives at the local viewer (npx tracekeep-viewer) as a waterfall, once no more of it has come
for a second; again, whole, if more comes later. Waits for a viewer that is not there yet. Ctrl-C ends it.

  --url URL        the viewer's address; ${VIEWER}
  --errors         only traces that failed
  --service NAME   only traces that visited this service
  --json           one line a trace: what the viewer's list says of it, and its address

Exit codes: 0 ended by Ctrl-C, 1 the address is not a viewer's, 2 wrong usage.
`;

export const command: Command = {
  summary: "print traces as they arrive at the local viewer",
  usage: USAGE,
  options: {
    url: { type: "string" },
    errors: { type: "boolean" },
    service: { type: "string" },
    json: { type: "boolean" },
  },
  async run({ url = VIEWER, errors, service, json }) {
    const base = URL.canParse(String(url)) ? new URL(String(url)) : undefined;
    if (base === undefined || !/^https?:$/.test(base.protocol)) {
      throw new UsageError(`--url ${url}: expected an address such as ${VIEWER}`);
    }
    const search = [
      errors === true ? "status:failed" : "",
      service === undefined ? "" : `service:${JSON.stringify(service)}`,
    ];
    const stop = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
    return tail({
      url: base,
      search: search.filter(Boolean).join(" "),
      json: json === true,
      signal: stop.signal,
    });
  },
};
