export { createEventPost } from "./event-post.ts";
export { watchExit } from "./exit-watch.ts";
export { OpenSpans } from "./open-spans.ts";
export { WatchedTracer } from "./watched-tracer.ts";
