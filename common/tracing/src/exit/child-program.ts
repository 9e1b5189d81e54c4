/** The requests to one target that the child process sends. */
export interface ChildRequests {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: readonly string[] | undefined;
  /** In base64, the most important first. */
  readonly bodies: readonly string[];
  readonly proxy: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | undefined;
}

/**
 * The program of a child process that POSTs the requests on its stdin and prints how many were taken, over few
 * connections: hundreds at once would all be too late. As text, so that it is where the library is, however that was bundled.
 */
export const CHILD_PROGRAM = `
const { text } = require("node:stream/consumers");
const { isIP } = require("node:net");
const tls = require("node:tls");
const moduleFor = (url) => require(url.startsWith("https:") ? "node:https" : "node:http");
const tunnel = (proxy, { hostname, port }, trust) =>
  new Promise((resolve, reject) => {
    const path = hostname + ":" + (port || 443);
    const asked = moduleFor(proxy.url).request(proxy.url, { method: "CONNECT", path, headers: { ...proxy.headers, host: path }, ...trust });
    asked.on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) return reject(new Error("refused"));
      const host = hostname.replace(/^\\[|\\]$/g, "");
      resolve(tls.connect({ socket, host, servername: isIP(host) ? undefined : host, ...trust }));
    });
    asked.on("response", () => reject(new Error("refused")));
    asked.on("error", reject);
    asked.end();
  });
const post = (to, options, body) =>
  new Promise((resolve) => {
    const bytes = Buffer.from(body, "base64");
    const headers = { ...options.headers, "content-length": bytes.length };
    const sent = moduleFor(to).request(to, { ...options, headers });
    sent.on("response", (response) => {
      response.resume();
      response.on("close", () => resolve(response.statusCode >= 200 && response.statusCode < 300));
    });
    sent.on("error", () => resolve(false));
    sent.end(bytes);
  });
const postAll = ({ url, headers, ca, bodies, proxy }) => {
  // Read once: certificates are many.
  const trust = { rejectUnauthorized: true, ...(ca ? { secureContext: tls.createSecureContext({ ca }) } : {}) };
  const target = new URL(url);
  const tunnels = proxy && target.protocol === "https:";
  const to = proxy && !tunnels ? proxy.url : url;
  const agent = new (moduleFor(to).Agent)({ keepAlive: true, ...trust });
  const options = { method: "POST", agent, headers };
  if (tunnels) {
    agent.createConnection = (_, done) => void tunnel(proxy, target, trust).then((socket) => done(null, socket), done);
  } else if (proxy) {
    options.path = url;
    options.headers = { ...headers, host: target.host, ...proxy.headers };
  }
  const line = async () => {
    let taken = 0;
    for (let body; (body = bodies.shift()) !== undefined; ) if (await post(to, options, body)) taken++;
    return taken;
  };
  return Promise.all(Array.from({ length: 16 }, line));
};
text(process.stdin)
  .then((input) => Promise.all(JSON.parse(input).map(postAll)))
  .then((taken) => process.stdout.write(String(taken.flat().reduce((sum, each) => sum + each, 0)), () => process.exit(0)));
`;
