import { register } from "node:module";
import { registerInstrumentations } from "@opentelemetry/instrumentation";
import { GrpcInstrumentation } from "@opentelemetry/instrumentation-grpc";
import * as Sentry from "@sentry/node";

// The SDK has no gRPC instrumentation of its own: it takes OpenTelemetry's. Loaded by --import.
register("@opentelemetry/instrumentation/hook.mjs", import.meta.url);

const { SENTRY_DSN, BENCH_SAMPLE_RATE } = process.env;
Sentry.init({
  dsn: SENTRY_DSN,
  release: "1.0.0",
  environment: "bench",
  tracesSampleRate: Number(BENCH_SAMPLE_RATE),
  enableOpenTelemetrySetup: true,
  // Nothing but gRPC is traced, as with the others.
  defaultIntegrations: Sentry.getDefaultIntegrationsWithoutPerformance(),
  enableRuntimeChannelInjection: false,
});
registerInstrumentations({ instrumentations: [new GrpcInstrumentation()] });

/** @returns {import("../instruments/instrument.ts").Instrument} */
export const startInstrument = () => ({
  serverOptions: {},
  clientOptions: {},
  attach() {},
  flush: async () => {
    if (!(await Sentry.flush(10_000))) throw new Error("Sentry's SDK did not send its spans in ten seconds.");
  },
  droppedSpans: () => 0,
});
