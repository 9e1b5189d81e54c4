/** One request of those that the child process sends. */
export interface ChildRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly ca: readonly string[] | undefined;
  /** In base64. */
  readonly body: string;
  readonly proxy:
    | { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly module: string }
    | undefined;
}

/**
 * The program of a child process that POSTs the requests on its stdin and prints how many were taken. As
 * text, so that it is where the library is, however that was bundled.
 */
export const CHILD_PROGRAM = `
const { text } = require("node:stream/consumers");
const post = async ({ url, headers, ca, body, proxy }) => {
  const { request } = require(url.startsWith("https:") ? "node:https" : "node:http");
  const bytes = Buffer.from(body, "base64");
  const trust = { rejectUnauthorized: true, ...(ca ? { ca } : {}) };
  let agent;
  if (proxy) {
    const { HttpsProxyAgent, HttpProxyAgent } = await import(proxy.module);
    agent = new (HttpsProxyAgent ?? HttpProxyAgent)(proxy.url, { headers: proxy.headers, ...trust });
  }
  return new Promise((resolve) => {
    const sent = request(url, { method: "POST", agent, headers: { ...headers, "content-length": bytes.length }, ...trust });
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
