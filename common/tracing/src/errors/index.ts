export { createErrorReporter, type ErrorReporter } from "./error-reporter.ts";
export { type Failure, failureOf, type ReportFailure } from "./failure.ts";
export { linkUserSentry } from "./link-sentry.ts";
