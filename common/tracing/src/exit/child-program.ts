/** One request of those that the child process sends. */
export interface ChildRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: readonly string[] | undefined;
  /** In base64. */
  readonly body: string;
  readonly proxy: { readonly url: string; readonly headers: Readonly<Record<string, string>> } | undefined;
}

/**
 * The program of a child process that POSTs the requests on its stdin and prints how many were taken. As
 * text, so that it is where the library is, however that was bundled.
 */
export const CHILD_PROGRAM = `
const { text } = require("node:stream/consumers");
const { isIP } = require("node:net");
const tls = require("node:tls");
const requestFor = (url) => require(url.startsWith("https:") ? "node:https" : "node:http").request;
const tunnel = (proxy, { hostname, port }, trust) =>
  new Promise((resolve, reject) => {
    const path = hostname + ":" + (port || 443);
    const asked = requestFor(proxy.url)(proxy.url, { method: "CONNECT", path, headers: { ...proxy.headers, host: path }, ...trust });
    asked.on("connect", ({ statusCode }, socket) => {
      if (statusCode !== 200) return reject(new Error("refused"));
      const host = hostname.replace(/^\\[|\\]$/g, "");
      resolve(tls.connect({ socket, host, servername: isIP(host) ? undefined : host, ...trust }));
    });
    asked.on("response", () => reject(new Error("refused")));
    asked.on("error", reject);
    asked.end();
  });
const post = async ({ url, headers, ca, body, proxy }) => {
  const bytes = Buffer.from(body, "base64");
  const trust = { rejectUnauthorized: true, ...(ca ? { ca } : {}) };
  const target = new URL(url);
  const options = { method: "POST", headers: { ...headers, "content-length": bytes.length }, ...trust };
  let to = url;
  if (proxy && target.protocol === "https:") {
    const socket = await tunnel(proxy, target, trust);
    options.createConnection = () => socket;
  } else if (proxy) {
    to = proxy.url;
    options.path = url;
    options.headers = { ...options.headers, host: target.host, ...proxy.headers };
  }
  return new Promise((resolve) => {
    const sent = requestFor(to)(to, options);
    sent.on("response", (response) => {
      response.resume();
      resolve(response.statusCode >= 200 && response.statusCode < 300);
    });
    sent.on("error", () => resolve(false));
    sent.end(bytes);
  });
};
text(process.stdin)
  .then((input) => Promise.all(JSON.parse(input).map((each) => post(each).catch(() => false))))
  .then((taken) => process.stdout.write(String(taken.filter(Boolean).length), () => process.exit(0)));
`;
