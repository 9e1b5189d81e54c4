import type { TracingConfig } from "../config/index.ts";
import type { ReportFailure } from "../errors/index.ts";
import { createRateLimiter, type Logger } from "../logger.ts";
import { compileTargets, type ExtractContext, type HeaderScope } from "../propagation/index.ts";
import type { Recaller } from "../recall/index.ts";
import type { Keeper } from "../recorder/index.ts";
import { compileMethodRules } from "../sampling/index.ts";
import type { Sanitizer } from "../sanitize/index.ts";
import { errorText } from "../text/error-text.ts";
import type { Contexts, ProcessingTime, TracekeepTracer } from "../tracer/index.ts";
import { createMethods, type Method } from "./methods.ts";
import type { StatusMeanings } from "./status-rules.ts";

/** What the gRPC instrumentation needs of the tracing that it belongs to. */
export interface GrpcInstrumentation {
  readonly tracer: TracekeepTracer;
  readonly contexts: Contexts;
  readonly sanitizer: Sanitizer;
  readonly serviceName: string;
  readonly extract: ExtractContext;
  /** Whether what callers say beside ids is believed. */
  readonly trustsCallers: boolean;
  /** Lower-case metadata keys to record. */
  readonly captureMetadata: readonly string[];
  methodOf(path: string): Method;
  headerScopeOf(host: string): HeaderScope;
  readonly keeper: Keeper;
  readonly recaller: Recaller;
  /** Whether callers may ask here to keep their traces. */
  servesRecalls(): boolean;
  readonly report: ReportFailure;
  /** Whether failures become Sentry issues at all. */
  reports(): boolean;
  /** Runs code of ours in the path of a call: a fault in it is logged and must not reach the call. */
  guard<T>(fn: () => T, fallback: T): T;
  /** False after shutdown: calls go untraced. */
  isOpen(): boolean;
  close(): void;
}

export interface GrpcInstrumentationOptions {
  readonly config: TracingConfig;
  meaningsOf(method: string): StatusMeanings;
  readonly extract: ExtractContext;
  readonly tracer: TracekeepTracer;
  readonly contexts: Contexts;
  readonly sanitizer: Sanitizer;
  readonly keeper: Keeper;
  readonly recaller: Recaller;
  readonly servesRecalls: () => boolean;
  readonly report: ReportFailure;
  readonly reports: () => boolean;
  readonly processing: ProcessingTime;
  readonly logger: Logger;
}

/** Compiles the rules that apply to gRPC calls. */
export function createGrpcInstrumentation(options: GrpcInstrumentationOptions): GrpcInstrumentation {
  const { config, logger, processing } = options;
  const mayLog = createRateLimiter();
  let open = true;
  return {
    tracer: options.tracer,
    contexts: options.contexts,
    sanitizer: options.sanitizer,
    keeper: options.keeper,
    recaller: options.recaller,
    servesRecalls: options.servesRecalls,
    report: options.report,
    reports: options.reports,
    serviceName: config.serviceName,
    extract: options.extract,
    trustsCallers: config.trustRemote === "all",
    captureMetadata: config.captureMetadata,
    methodOf: createMethods(compileMethodRules(config.methodRules), options.meaningsOf, options.sanitizer),
    headerScopeOf: compileTargets(config.propagationTargets),
    guard(fn, fallback) {
      try {
        return processing.measure(fn);
      } catch (error) {
        if (mayLog("fault") !== undefined)
          logger.error(
            {
              event: "tracekeep.call.failed",
              error: error instanceof Error ? error.stack : errorText(error),
            },
            "Tracing of a call failed; the call goes on.",
          );
        return fallback;
      }
    },
    isOpen: () => open,
    close() {
      open = false;
    },
  };
}
