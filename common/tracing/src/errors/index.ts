export { isAnswer } from "./answers.ts";
export { withDebugImages } from "./debug-images.ts";
export { createErrorReporter, type ErrorEventStats } from "./error-reporter.ts";
export { eventEnvelope } from "./event-envelope.ts";
export { type Failure, failureOf, type ReportFailure } from "./failure.ts";
export { linkUserSentry } from "./link-sentry.ts";
export { type EventIdentity, toSentryEvent } from "./sentry-event.ts";
export { parseStack } from "./stack-frames.ts";
export { findUserSentry } from "./user-client.ts";
