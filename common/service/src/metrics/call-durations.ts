import { ServerInterceptingCall, type ServerInterceptor, status as Status } from "@grpc/grpc-js";
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
    return new ServerInterceptingCall(call, {
      // What grpc-js ends itself passes no interceptor as a status.
      start: (next) => next({ onCancel: () => end(endedBy(call.getDeadline())) }),
      sendStatus(sent, next) {
        end(sent.code ?? Status.UNKNOWN);
        next(sent);
      },
    });
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
