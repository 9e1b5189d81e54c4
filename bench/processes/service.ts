import { credentials, type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import {
  ProbeServiceClient,
  type ProbeServiceServer,
  ProbeServiceService,
  type UnaryRequest,
  type UnaryResponse,
} from "@tracekeep/proto/probe/v1";
import type { StartInstrument } from "../instruments/instrument.ts";
import { FAIL, FAILURE } from "./calls.ts";
import { answerParent, tellParent } from "./conversation.ts";
import { type Usage, UsageMeter } from "./usage-meter.ts";

/** Told when it listens. */
export interface ServiceReady {
  readonly address: string;
  /** From the start of the process until it listens, in milliseconds. */
  readonly startMs: number;
  /** To import and start the instrument, in milliseconds; of one that was loaded before, next to nothing. */
  readonly instrumentMs: number;
  /** Resident memory, in bytes. */
  readonly rss: number;
}

/** `begin` starts the measurement, `end` ends it; each sends all spans that wait first. */
export type ServiceQuestion = "begin" | "end";

export interface ServiceReply extends Usage {
  readonly droppedSpans: number;
}

// Arguments: the instrument's address, and for the chain that of the service to call.
const [instrumentUrl = "", callee] = process.argv.slice(2);
const before = performance.now();
const { startInstrument }: { startInstrument: StartInstrument } = await import(instrumentUrl);
const instrument = startInstrument();
const instrumentMs = performance.now() - before;

const answer: handleUnaryCall<UnaryRequest, UnaryResponse> = ({ request }, callback) => {
  if (request.text === FAIL) callback(Object.assign(new Error(FAILURE), { code: status.INTERNAL }));
  else callback(null, { text: request.text, count: request.count });
};

function passOnTo(address: string): typeof answer {
  const client = new ProbeServiceClient(address, credentials.createInsecure(), instrument.clientOptions);
  return ({ request }, callback) => client.unary(request, callback);
}

const unavailable = () => {
  throw Object.assign(new Error("The benchmark does not call this method."), { code: status.UNIMPLEMENTED });
};

const server = new Server(instrument.serverOptions);
instrument.attach(server);
server.addService(ProbeServiceService, {
  unary: callee === undefined ? answer : passOnTo(callee),
  clientStream: unavailable,
  serverStream: unavailable,
  bidi: (call) => {
    call.on("data", ({ text, count }) => call.write({ text, count }));
    call.on("end", () => call.end());
  },
} satisfies ProbeServiceServer);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  const startMs = performance.now();
  const { rss } = process.memoryUsage();
  tellParent({ address: `127.0.0.1:${port}`, startMs, instrumentMs, rss } satisfies ServiceReady);
});

const meter = new UsageMeter();
let droppedBefore = 0;
answerParent<ServiceQuestion>(async (question) => {
  await instrument.flush();
  if (question === "begin") {
    droppedBefore = instrument.droppedSpans();
    await meter.start();
    return {};
  }
  const usage = await meter.stop();
  return { ...usage, droppedSpans: instrument.droppedSpans() - droppedBefore } satisfies ServiceReply;
});
