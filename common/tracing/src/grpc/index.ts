export { createClientInterceptor } from "./client-interceptor.ts";
export { createClientOptions } from "./client-options.ts";
export { createGrpcInstrumentation } from "./instrumentation.ts";
export { createServerInterceptor } from "./server-interceptor.ts";
export { isFault } from "./status.ts";
