export { createClientInterceptor } from "./client-interceptor.ts";
export { createClientOptions } from "./client-options.ts";
export { createGrpcInstrumentation } from "./instrumentation.ts";
export { checkInterceptors, createServerInterceptor } from "./server-interceptor.ts";
export { compileStatusRules, type StatusMeaning, type StatusName, type StatusRule } from "./status-rules.ts";
