import { register } from "node:module";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { GrpcInstrumentation } from "@opentelemetry/instrumentation-grpc";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

// As the READMEs of sdk-trace, exporter-trace-otlp-proto and instrumentation (ESM) say; loaded by --import.
register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);

const { BENCH_SINK, BENCH_SAMPLE_RATE } = process.env;
context.setGlobalContextManager(new AsyncLocalStorageContextManager());
propagation.setGlobalPropagator(
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
);
const exporter = new OTLPTraceExporter({ url: `${BENCH_SINK}/v1/traces`, compression: "gzip" });
const provider = new TracerProvider({
  resource: resourceFromAttributes({ "service.name": "bench", "service.version": "1.0.0" }),
  sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(Number(BENCH_SAMPLE_RATE)) }),
  spanProcessors: [new BatchSpanProcessor({ exporter })],
});
trace.setGlobalTracerProvider(provider);
registerInstrumentations({ instrumentations: [new GrpcInstrumentation()] });

/** @returns {import("../instruments/instrument.ts").Instrument} */
export const startInstrument = () => ({
  serverOptions: {},
  clientOptions: {},
  attach() {},
  flush: () => provider.forceFlush(),
  droppedSpans: () => 0,
});
