import {
  type Server,
  type ServiceDefinition,
  status as Status,
  type sendUnaryData,
  type UntypedHandleCall,
} from "@grpc/grpc-js";
import type { Logger } from "../logger.ts";
import type { Keeper } from "../recorder/index.ts";
import type { RecallCounters } from "./recall-counters.ts";
import { type KeptTrace, RECALL_PATH, readRequest, writeAnswer } from "./recall-message.ts";

const asItIs = (message: Buffer): Buffer => message;

const DEFINITION = {
  Keep: {
    path: RECALL_PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: asItIs,
    requestDeserialize: asItIs,
    responseSerialize: asItIs,
    responseDeserialize: asItIs,
  },
} satisfies ServiceDefinition;

/**
 * Takes the recalls of callers: traces that they keep are kept here, too. A caller learns of each trace
 * only whether it has been here, which it knows, having sent it.
 */
export function serveRecalls(
  server: Pick<Server, "addService">,
  keeper: Keeper,
  counters: RecallCounters,
  logger: Logger,
): boolean {
  const keep = (trace: KeptTrace): boolean => {
    const outcome = keeper.keepFromOutside(trace.traceId, trace);
    if (outcome === "kept") counters.served++;
    return outcome !== "unknown";
  };
  const handler = ({ request }: { request: Buffer }, answer: sendUnaryData<Buffer>): void => {
    const traces = readRequest(request);
    if (traces === undefined) {
      answer({ code: Status.INVALID_ARGUMENT, details: "The recall cannot be read." });
      return;
    }
    const unknown = traces.filter((trace) => !keep(trace));
    answer(null, writeAnswer(unknown.map(({ traceId }) => traceId)));
  };
  try {
    server.addService(DEFINITION, { Keep: handler as UntypedHandleCall });
    return true;
  } catch (error) {
    // The same server a second time has the service already.
    const { message } = error as Error;
    if (!message.includes("already"))
      logger.warn({ event: "tracekeep.recall.unavailable", error: message }, "A server cannot take recalls.");
    return false;
  }
}
