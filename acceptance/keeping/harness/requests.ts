import { createHash } from "node:crypto";
import { credentials, Metadata } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";

/** A request that is to be made. */
export interface PlannedRequest {
  readonly traceId: string;
  /** At the last hop, after all others have succeeded. */
  readonly fails: boolean;
}

/** The span above each trace's first: the one of whoever makes the requests. */
export const CALLER_SPAN_ID = "00f067aa0ba902b7";
const CONNECTIONS = 4;

/** The same requests for the same seed; the failing ones are spread evenly. */
export function planRequests(seed: string, count: number, failingPercent: number): PlannedRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    traceId: createHash("sha256").update(`${seed} ${index}`).digest("hex").slice(0, 32),
    fails: index % 100 < failingPercent,
  }));
}

/** A caller that leaves the sampling decision to the service: `sentry-trace` without a flag. */
export class Caller implements Disposable {
  readonly #clients: readonly ProbeServiceClient[];

  constructor(address: string) {
    const options = { "grpc.use_local_subchannel_pool": 1 };
    const open = () => new ProbeServiceClient(address, credentials.createInsecure(), options);
    this.#clients = Array.from({ length: CONNECTIONS }, open);
  }

  /** Makes all requests, so many at a time; `answered` hears of each whose answer is as planned. */
  async makeAll(
    requests: readonly PlannedRequest[],
    atATime: number,
    answered: (request: PlannedRequest) => void = () => {},
  ): Promise<void> {
    // One iterator for all: each takes the next request that nobody has taken.
    const left = requests.values();
    const work = async (client: ProbeServiceClient) => {
      for (const request of left) {
        await this.#make(client, request);
        answered(request);
      }
    };
    await Promise.all(
      Array.from({ length: atATime }, (_, index) =>
        work(this.#clients[index % CONNECTIONS] as ProbeServiceClient),
      ),
    );
  }

  #make(client: ProbeServiceClient, { traceId, fails }: PlannedRequest): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const metadata = new Metadata();
    metadata.set("sentry-trace", `${traceId}-${CALLER_SPAN_ID}`);
    client.unary({ text: fails ? "treasury" : "", count: 0 }, metadata, (error) => {
      const failedAsPlanned = error?.details === "the bank is closed";
      if (fails ? failedAsPlanned : error === null) resolve();
      else reject(error ?? new Error(`The request of trace ${traceId} did not fail.`));
    });
    return promise;
  }

  [Symbol.dispose](): void {
    for (const client of this.#clients) client.close();
  }
}
