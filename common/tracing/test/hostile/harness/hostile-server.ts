import { Metadata, type status as Status } from "@grpc/grpc-js";
import { onTestFinished } from "vitest";
import { serveProbe } from "../../harness/probe.ts";

/** What the server answers next. */
export interface HostileAnswer {
  readonly code?: Status;
  readonly trailers?: Readonly<Record<string, string | readonly string[]>>;
}

export interface HostileServer {
  readonly address: string;
  /** Metadata of the calls, in the order of their arrival. */
  readonly seen: readonly Metadata[];
  answer: HostileAnswer;
}

/** An untraced server that puts what it likes into its trailers. */
export async function startHostileServer(): Promise<HostileServer> {
  const seen: Metadata[] = [];
  const hostile = { seen, answer: {} as HostileAnswer };
  const probe = await serveProbe(undefined, {
    unary(call, callback) {
      seen.push(call.metadata);
      const { code = 0, trailers = {} } = hostile.answer;
      const metadata = new Metadata();
      for (const [name, values] of Object.entries(trailers))
        for (const value of [values].flat()) metadata.add(name, value);
      if (code === 0) callback(null, call.request, metadata);
      else callback({ code, details: "as told", metadata });
    },
  });
  onTestFinished(() => probe.stop());
  return Object.assign(hostile, { address: probe.address });
}
