import { setImmediate as nextTurn } from "node:timers/promises";
import { type MeterProvider, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { activate, splitArguments } from "./active-tracing.ts";
import { announce } from "./announce.ts";
import { createBusinessSpans } from "./business-spans.ts";
import { tenantRule, withCleanNames } from "./clean-names.ts";
import type { TracingConfig } from "./config/index.ts";
import { createDisabledTracing } from "./disabled-tracing.ts";
import { createErrorReporter, linkUserSentry, unseenBySentry } from "./errors/index.ts";
import { createEventPost, OpenSpans, WatchedTracer, watchExit } from "./exit/index.ts";
import { createSpanExporter } from "./export/index.ts";
import {
  checkInterceptors,
  compileStatusRules,
  createClientInterceptor,
  createClientOptions,
  createGrpcInstrumentation,
  createServerInterceptor,
  type StatusRule,
} from "./grpc/index.ts";
import { guarded, type Logger, stderrLogger } from "./logger.ts";
import { createTracingMetrics } from "./metrics/index.ts";
import { createAttributeBlock, createSpanEncoder } from "./otlp/index.ts";
import { outsideOfRequests } from "./outside-of-requests.ts";
import {
  createExtractor,
  createPropagator,
  createSamplingContext,
  suppressTracing,
} from "./propagation/index.ts";
import { createRecallCounters, Recaller, serveRecalls } from "./recall/index.ts";
import { createRecorder } from "./recorder/index.ts";
import { register } from "./registration.ts";
import { createResource } from "./resource.ts";
import { createHeadSampler, loggedSampler } from "./sampling/index.ts";
import { createSanitizer } from "./sanitize/index.ts";
import { createSpanEnvironment } from "./span-environment.ts";
import { TracekeepError } from "./tracekeep-error.ts";
import { createBeginTrace, createContexts, createTenantBlocks, ProcessingTime } from "./tracer/index.ts";
import { createProvider } from "./tracer-provider.ts";
import type { Tracing } from "./tracing.ts";
import { VERSION } from "./version.ts";

/** Things that a service may bring. */
export interface StartTracingOptions {
  /** Where Tracekeep's own messages go; default: warnings and errors to stderr. A pino logger fits. */
  readonly logger?: Logger;
  /** Changes what gRPC statuses mean, for some methods or all; the first rule that matches counts. */
  readonly statusRules?: readonly StatusRule[];
  /** Who collects what tracing knows of itself; default: the meter provider that is registered globally by now. */
  readonly meterProvider?: MeterProvider;
}

const SHUTDOWN_LIMIT = 5_000;
const SCOPE = { name: "tracekeep", version: VERSION };

/**
 * Starts tracing in this process. Call it once, before servers and clients are made; a second call works,
 * with a pipeline of its own, but spans of other OpenTelemetry instrumentations stay with the first.
 *
 * @throws TracekeepError `INVALID_CONFIG` if the configuration was changed by hand to something impossible,
 * `INVALID_ARGUMENT` for no configuration at all, or a status rule that cannot be meant.
 */
export function startTracing(given: TracingConfig, options: StartTracingOptions = {}): Tracing {
  if (typeof given?.enabled !== "boolean" || given.limits === undefined) {
    throw new TracekeepError(
      "INVALID_ARGUMENT",
      "startTracing needs a configuration; make one with loadTracingConfig().",
    );
  }
  if (!given.enabled) return createDisabledTracing();
  // First, since it may throw: nothing has been registered yet.
  const headSampler = createHeadSampler(given.sampleRate);
  const meaningsOf = compileStatusRules(options.statusRules ?? []);
  const logger = guarded(options.logger ?? stderrLogger);
  const contexts = createContexts();
  const untracedContext = suppressTracing(ROOT_CONTEXT);
  const untraced = <T>(fn: () => T): T => contexts.with(untracedContext, unseenBySentry<T>, undefined, fn);
  const sending = <T>(fn: () => T): T => outsideOfRequests(() => untraced(fn));

  const sanitizer = createSanitizer({ ...given.sanitize, valueLength: given.limits.valueLength });
  const config = withCleanNames(given, sanitizer);
  const resource = createResource(config);
  const identity = {
    serviceName: config.serviceName,
    release: config.serviceVersion,
    environment: config.environment,
  };
  const metrics = createTracingMetrics(config, logger, options.meterProvider);
  const sampler = loggedSampler(metrics.counted(headSampler), logger);
  const exporter = createSpanExporter({
    config,
    resource,
    logger,
    untraced: sending,
    measure: metrics.measure,
  });
  const recallCounters = createRecallCounters();
  const recaller = new Recaller(recallCounters);
  const recorder = createRecorder({
    keep: config.keep,
    // Sentry's OTLP intake does not take the release from the resource's service.version.
    encoder: createSpanEncoder({ "sentry.release": config.serviceVersion }),
    exportSpan: (span) => exporter.add(span),
    spread: (servedBy, traceId, decision) => recaller.recallNumber(servedBy, traceId, decision),
    clean: sanitizer.text,
  });
  const { keeper } = recorder;
  const errors = createErrorReporter({
    dsn: config.sentryDsn,
    identity,
    timeoutMs: config.export.timeoutMs,
    ca: config.export.ca,
    untraced,
    sending,
    clean: sanitizer.text,
    mayReport: (keepId) => keeper.mayReport(keepId),
    logger,
  });
  const spans = createSpanEnvironment(config.limits, sanitizer, recorder, logger);
  const { counters } = spans;
  const openSpans = new OpenSpans();
  const environment = openSpans.watch(spans.environment);

  const { sentryDsn } = config;
  const writeSamplingContext = createSamplingContext({
    ...identity,
    publicKey: sentryDsn?.publicKey,
    organizationId: sentryDsn?.organizationId,
  });
  const tenant = tenantRule(config.tenantKey, sanitizer);
  const extract = createExtractor(config.trustRemote, tenant);
  const tenantBlockOf = tenant && createTenantBlocks(tenant, createAttributeBlock);
  const beginTrace = createBeginTrace(sampler, writeSamplingContext, tenantBlockOf);
  const makeTracer = (scope: typeof SCOPE) =>
    new WatchedTracer(openSpans, scope, environment, beginTrace, contexts);
  const tracer = makeTracer(SCOPE);
  const eventPost =
    sentryDsn === undefined
      ? undefined
      : createEventPost({
          dsn: sentryDsn,
          identity,
          export: config.export,
          untraced: sending,
          clean: sanitizer.text,
          logger,
        });
  const exitWatch = watchExit({
    active: () => trace.getSpan(contexts.active()),
    openSpans,
    keeper,
    rescue: exporter.rescue,
    rescueEvents(crash) {
      const mayReport = crash !== undefined && keeper.mayReport(crash.keepId);
      return eventPost?.rescue(errors.rescue(), mayReport ? crash : undefined) ?? [];
    },
    report: errors.report,
    sends: config.export.atCrash,
    logger,
  });
  const processing = new ProcessingTime();
  const business = createBusinessSpans({
    processing,
    tracer,
    contexts,
    extract,
    report: exitWatch.report,
    keeper,
    clean: sanitizer.text,
  });
  let servesRecalls = false;
  const grpc = createGrpcInstrumentation({
    processing,
    config,
    meaningsOf,
    extract,
    tracer,
    contexts,
    sanitizer,
    keeper,
    recaller,
    servesRecalls: () => servesRecalls,
    report: exitWatch.report,
    reports: errors.reports,
    logger,
  });

  const unregister = register(
    createProvider(makeTracer, sanitizer, spans.environment.isOpen, logger),
    createPropagator(extract, grpc.headerScopeOf),
    logger,
  );
  linkUserSentry(contexts);
  const flush = async (): Promise<void> => {
    await recaller.flush();
    recorder.spans.flush();
    await exporter.flush();
  };
  const flushAtExit = (): void => void flush();
  // Once: a destination that is down must not keep the process alive by being tried for ever.
  process.once("beforeExit", flushAtExit);
  let stopping: Promise<void> | undefined;

  const stop = async (limitMs: number): Promise<void> => {
    const deadline = performance.now() + limitMs;
    process.off("beforeExit", flushAtExit);
    grpc.close();
    deactivate();
    unregister();
    spans.close();
    // Calls that a server's forced shutdown has just broken off end their spans within this turn.
    await nextTurn();
    exitWatch.settle();
    await recaller.close(limitMs / 4);
    recorder.spans.close();
    const leftMs = Math.max(0, deadline - performance.now());
    await Promise.all([exporter.shutdown(leftMs), errors.shutdown(leftMs), eventPost?.shutdown()]);
    exitWatch.stop();
    contexts.release();
    metrics.stop();
    logger.info({ event: "tracekeep.stopped", tracing: tracing.stats() }, "tracing stopped");
  };
  const tracing: Tracing = {
    enabled: true,
    serverInterceptors: () => [createServerInterceptor(grpc)],
    attach(server) {
      checkInterceptors(server, logger);
      // An edge that does not trust its callers is not to be told what to keep.
      if (config.trustRemote === "all")
        servesRecalls = serveRecalls(server, keeper, recallCounters, logger) || servesRecalls;
    },
    clientOptions: createClientOptions(grpc),
    clientInterceptors: () => [createClientInterceptor(grpc)],
    withSpan: (name: string, ...rest: Parameters<typeof splitArguments>[1]) => {
      const [settings, fn] = splitArguments("withSpan", rest);
      return business.withSpan(name, settings, fn) as never;
    },
    keepTrace: business.keepTrace,
    continueTrace: business.continueTrace,
    async forceFlush() {
      await Promise.all([flush(), errors.flush(config.export.timeoutMs)]);
    },
    shutdown: (limitMs) => (stopping ??= stop(isLimit(limitMs) ? limitMs : SHUTDOWN_LIMIT)),
    stats() {
      const { record, keep, exported, kept } = recorder.stats();
      return {
        spans: { ...counters, open: counters.started - counters.ended, exported },
        processing: { seconds: processing.seconds },
        record,
        kept: { ...keep, spans: kept },
        recalls: { ...recallCounters },
        errors: errors.stats(),
        export: exporter.stats(),
      };
    },
  };
  const deactivate = activate(tracing);
  metrics.start(tracing.stats);
  announce(config, logger, { metrics: metrics.enabled, ownLogger: options.logger !== undefined });
  return tracing;
}

/** A number of milliseconds that can be waited for. */
function isLimit(limitMs: number | undefined): limitMs is number {
  return limitMs !== undefined && limitMs >= 0 && limitMs <= 2 ** 31 - 1;
}
