import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

export interface HttpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends request bodies to one URL over a connection that is kept. */
export interface HttpSender {
  /** Rejects on network faults and after the time limit. */
  post(body: Uint8Array): Promise<HttpResponse>;
  close(): void;
}

export interface HttpSenderOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the whole request and its answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** An answer is read for its error text only. */
const LONGEST_ANSWER = 65_536;

export function createHttpSender({ url, headers, timeoutMs }: HttpSenderOptions): HttpSender {
  const target = new URL(url);
  const secure = target.protocol === "https:";
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: 1 })
    : new HttpAgent({ keepAlive: true, maxSockets: 1 });
  const send = secure ? httpsRequest : httpRequest;

  const post = (body: Uint8Array): Promise<HttpResponse> =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const options = {
        method: "POST",
        agent,
        signal,
        headers: { ...headers, "content-length": body.length },
      };
      const request = send(target, options, (response) => {
        const chunks: Buffer[] = [];
        let length = 0;
        response.on("data", (chunk: Buffer) => {
          if (length < LONGEST_ANSWER) chunks.push(chunk);
          length += chunk.length;
        });
        response.on("error", fail);
        response.on("end", () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          });
        });
      });
      function fail(error: Error): void {
        reject(signal.aborted ? new Error(`no answer within ${timeoutMs} ms`) : error);
      }
      request.on("error", fail);
      request.end(body);
    });

  return { post, close: () => agent.destroy() };
}
