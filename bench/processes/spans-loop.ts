import { setImmediate } from "node:timers/promises";
import { answerParent, tellParent } from "./conversation.ts";
import { startTracekeep } from "./tracekeep.ts";

export interface LoopQuestion {
  readonly requests: number;
  /** Requests that are under way all the while. */
  readonly live: number;
}

export interface LoopReply {
  /** User and system time, in microseconds. */
  readonly cpu: number;
  /** Spans that had begun and not ended at the end. */
  readonly open: number;
  /** Spans that were pushed out of the record so far. */
  readonly evicted: number;
}

/** Requests between two turns of the event loop. */
const AT_A_TIME = 100;
/** Of OpenTelemetry's API. */
const SERVER = 1;
const CLIENT = 2;
const METHOD = "probe.v1.ProbeService/Unary";

// The two spans of a request that calls another service, without the calls: what is measured is Tracekeep alone.
const tracing = startTracekeep();
const never = new Promise<void>(() => {});
let live = 0;

const nothing = () => {};
const callAnother = () => tracing.withSpan(METHOD, { kind: CLIENT }, nothing);
const request = () => tracing.continueTrace({}, { name: METHOD, kind: SERVER }, callAnother);

tellParent({});
answerParent<LoopQuestion>(async (question) => {
  for (; live < question.live; live++)
    void tracing.continueTrace({}, { name: METHOD, kind: SERVER }, () => never);
  const before = process.cpuUsage();
  for (let done = 0; done < question.requests; done++) {
    request();
    if (done % AT_A_TIME === 0) await setImmediate();
  }
  const { user, system } = process.cpuUsage(before);
  const { spans, record } = tracing.stats();
  return { cpu: user + system, open: spans.open, evicted: record.evicted } satisfies LoopReply;
});
