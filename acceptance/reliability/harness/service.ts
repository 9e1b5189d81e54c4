import { setTimeout as delay } from "node:timers/promises";
import { type handleUnaryCall, Server, ServerCredentials } from "@grpc/grpc-js";
import {
  type ProbeServiceServer,
  ProbeServiceService,
  type UnaryRequest,
  type UnaryResponse,
} from "@tracekeep/proto/probe/v1";
import { type ExportStats, loadTracingConfig, startTracing, withSpan } from "tracekeep";
import { answerParent, tellParent } from "../../../bench/processes/conversation.ts";

/** Told when it listens. */
export interface ServiceReady {
  readonly address: string;
  readonly queueBytes: number;
  readonly pid: number;
}

/** `shutdown` stops tracing first. */
export type ServiceQuestion = "state" | "shutdown";

export interface ServiceState {
  readonly export: ExportStats;
  /** Spans that were handed to the exporter. */
  readonly exported: number;
  /** Those of kept traces among them. */
  readonly keptExported: number;
  readonly mostQueuedBytes: number;
  /** What was logged as a warning or an error. */
  readonly warnings: readonly string[];
}

/** The longest value that tracing does not cut. */
const LONGEST_NOTE = 50_000;
/** Long enough to be seen, shorter than any pause that matters. */
const WORK_MS = 2;

const warnings: string[] = [];
const note = (_fields: object, message: string): void => void warnings.push(message);
const config = loadTracingConfig({
  serviceName: "reliability",
  serviceVersion: "1.0.0",
  environment: "test",
  cwd: "/",
});
const tracing = startTracing(config, { logger: { debug() {}, info() {}, warn: note, error: note } });

/** `count` is how long an attribute of its span is to be. */
async function work({ text, count }: UnaryRequest): Promise<UnaryResponse> {
  const parts = Math.ceil(count / LONGEST_NOTE);
  const attributes = Object.fromEntries(
    Array.from({ length: parts }, (_, part) => [`note.${part}`, "n".repeat(count / parts)]),
  );
  await withSpan("work", { attributes }, () => delay(WORK_MS));
  if (text === "fail") throw new Error("the bank is closed");
  return { text: "done", count };
}

const unary: handleUnaryCall<UnaryRequest, UnaryResponse> = ({ request }, callback) => {
  work(request).then((response) => callback(null, response), callback);
};

let mostQueuedBytes = 0;
function state(): ServiceState {
  const stats = tracing.stats();
  const [exported] = Object.values(stats.export);
  if (exported === undefined) throw new Error("There is no destination.");
  mostQueuedBytes = Math.max(mostQueuedBytes, exported.queuedBytes);
  return {
    export: exported,
    exported: stats.spans.exported,
    keptExported: stats.kept.spans,
    mostQueuedBytes,
    warnings,
  };
}
setInterval(state, 10).unref();

const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
server.addService(ProbeServiceService, {
  unary,
  clientStream: (_call, callback) => callback(null, { text: "", count: 0 }),
  serverStream: (stream) => stream.end(),
  bidi: (stream) => stream.end(),
} satisfies ProbeServiceServer);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  const { queueBytes } = config.export;
  tellParent({ address: `127.0.0.1:${port}`, queueBytes, pid: process.pid } satisfies ServiceReady);
});

answerParent<ServiceQuestion>(async (question) => {
  if (question === "shutdown") await tracing.shutdown(300);
  return state();
});
