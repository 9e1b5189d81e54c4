export { isAnswer } from "./answers.ts";
export { createErrorReporter } from "./error-reporter.ts";
export { failureOf, type ReportFailure } from "./failure.ts";
export { linkUserSentry } from "./link-sentry.ts";
