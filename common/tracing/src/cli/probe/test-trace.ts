import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { TracingConfig } from "../../config/index.ts";
import { parseStack, toSentryEvent } from "../../errors/index.ts";
import type { SentryEvent } from "../../errors/sentry-event.ts";
import { guarded, stderrLogger } from "../../logger.ts";
import { createSpanEncoder, type EncodedSpan } from "../../otlp/index.ts";
import { createSamplingContext } from "../../propagation/index.ts";
import { createRecorder } from "../../recorder/index.ts";
import { createHeadSampler } from "../../sampling/index.ts";
import { createSanitizer } from "../../sanitize/index.ts";
import { createSpanEnvironment } from "../../span-environment.ts";
import { createBeginTrace, createContexts, TracekeepTracer } from "../../tracer/index.ts";
import { VERSION } from "../../version.ts";

/** A trace that a service with this configuration could have made. */
export interface TestTrace {
  readonly traceId: string;
  readonly spans: readonly EncodedSpan[];
  /** The failure of the trace as Sentry takes it; undefined if it has not failed. */
  readonly event: SentryEvent | undefined;
}

const RECORD_BYTES = 65_536;
const FAILURE = "This is a test: nothing has failed.";

/** Three spans, one below the other, made as a service makes its own: sampled, sanitised, encoded. */
export function makeTestTrace(config: TracingConfig, fails: boolean): TestTrace {
  const { serviceName, serviceVersion: release, environment } = config;
  const identity = { serviceName, release, environment };
  const spans: EncodedSpan[] = [];
  const sanitizer = createSanitizer({ ...config.sanitize, valueLength: config.limits.valueLength });
  const recorder = createRecorder({
    keep: { errors: false, slowMs: 0, maxPerSecond: 1, recorderBytes: RECORD_BYTES },
    encoder: createSpanEncoder({ "sentry.release": release }),
    exportSpan: (span) => spans.push(span) > 0,
    spread: () => {},
    clean: sanitizer.text,
  });
  const made = createSpanEnvironment(config.limits, sanitizer, recorder, guarded(stderrLogger));
  const contexts = createContexts();
  const samplingContext = createSamplingContext({
    ...identity,
    publicKey: undefined,
    organizationId: undefined,
  });
  const begin = createBeginTrace(createHeadSampler(1), samplingContext, undefined);
  const tracer = new TracekeepTracer(
    { name: "tracekeep", version: VERSION },
    made.environment,
    begin,
    contexts,
  );

  const request = tracer.start(
    "tracekeep test",
    { kind: SpanKind.SERVER, attributes: { "sentry.op": "rpc.server", "tracekeep.test": true } },
    ROOT_CONTEXT,
  );
  const inRequest = trace.setSpan(ROOT_CONTEXT, request);
  const work = tracer.start("test work", {}, inRequest);
  const call = tracer.start("test call", { kind: SpanKind.CLIENT }, trace.setSpan(inRequest, work));
  call.end();
  if (fails) {
    for (const span of [work, request]) span.setStatus({ code: SpanStatusCode.ERROR, message: FAILURE });
  }
  work.end();
  request.end();
  recorder.spans.close();
  contexts.release();

  const { traceId, spanId } = work.spanContext();
  const event = toSentryEvent(
    {
      traceId,
      keepId: traceId,
      spanId,
      parentSpanId: request.spanContext().spanId,
      exception: { type: "TestFailure", message: FAILURE, stack: undefined },
      method: "tracekeep test",
      code: undefined,
    },
    identity,
    parseStack,
  );
  return { traceId, spans, event: fails ? event : undefined };
}
