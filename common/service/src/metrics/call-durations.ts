import { type ServerInterceptingCall, type ServerInterceptor, status as Status } from "@grpc/grpc-js";
import { durations } from "./durations.ts";

/** As for spans: these codes say that the server is at fault. */
const ERRORS: ReadonlySet<string> = new Set([
  "UNKNOWN",
  "DEADLINE_EXCEEDED",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
]);
/** A call that ends so shortly before its deadline has run out of time. */
const NEAR_DEADLINE_MS = 50;

/**
 * Measures each call that a server serves, as `rpc.server.call.duration`; nothing where nobody collects metrics. To stand
 * behind tracing's interceptors: `new Server({ interceptors: [...tracing.serverInterceptors(), ...callDurations()] })`.
 *
 * The interceptor takes the place of methods of the one call object that it is given, and returns that object: grpc-js's
 * own endings (deadline, unreadable request, message too large) call `sendStatus` on it and would pass by a wrapper.
 */
export function callDurations(): ServerInterceptor[] {
  const histogram = durations("rpc.server.call.duration", "Duration of calls that were served");
  if (histogram === undefined) return [];
  const interceptor: ServerInterceptor = ({ path }, call) => {
    const began = performance.now();
    let ended = false;
    const end = (code: Status): void => {
      if (ended) return;
      ended = true;
      histogram.record((performance.now() - began) / 1_000, attributesOf(path, code));
    };
    const { start, sendStatus } = call;
    call.start = (listener) => {
      const { onCancel } = listener;
      listener.onCancel = () => {
        end(endedBy(call.getDeadline()));
        onCancel.call(listener);
      };
      start.call(call, listener);
    };
    call.sendStatus = (sent) => {
      end(sent.code ?? Status.UNKNOWN);
      sendStatus.call(call, sent);
    };
    return call as unknown as ServerInterceptingCall;
  };
  return [interceptor];
}

function endedBy(deadline: Date | number): Status {
  return Date.now() >= Number(deadline) - NEAR_DEADLINE_MS ? Status.DEADLINE_EXCEEDED : Status.CANCELLED;
}

/** Methods are those that the server has: interceptors see no others. */
function attributesOf(path: string, code: Status): Record<string, string> {
  const name = Status[code] ?? String(code);
  return {
    "rpc.system.name": "grpc",
    "rpc.method": path.slice(1),
    "rpc.response.status_code": name,
    ...(ERRORS.has(name) ? { "error.type": name } : {}),
  };
}
