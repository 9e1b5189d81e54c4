import { credentials, Server, ServerCredentials, type ServerOptions } from "@grpc/grpc-js";
import { ProbeServiceClient, type ProbeServiceServer, ProbeServiceService } from "@tracekeep/proto/probe/v1";
import {
  type Logger,
  loadTracingConfig,
  type StatusRule,
  startTracing,
  type Tracing,
} from "../../src/index.ts";
import type { TestIntake } from "./intake.ts";

/** Messages that the library logged. */
export interface LoggedLine {
  readonly level: keyof Logger;
  readonly message: string;
  readonly fields: object;
}

export function collectLog(): { readonly lines: LoggedLine[]; readonly logger: Logger } {
  const lines: LoggedLine[] = [];
  const at = (level: keyof Logger) => (fields: object, message: string) =>
    void lines.push({ level, message, fields });
  return { lines, logger: { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") } };
}

/** Tracing that sends everything to the intake at once, unless the settings say another. */
export function startTestTracing(
  intake: TestIntake,
  settings: Record<string, string> = {},
  logger = collectLog().logger,
  statusRules: readonly StatusRule[] = [],
): Tracing {
  const env = { SENTRY_DSN: intake.dsn, TRACE_SAMPLE_RATE: "1", TRACE_EXPORT_INTERVAL_MS: "10", ...settings };
  const config = loadTracingConfig({
    serviceName: "probe",
    serviceVersion: "1.2.3",
    environment: "test",
    env,
    cwd: "/",
  });
  return startTracing(config, { logger, statusRules });
}

const unimplemented: ProbeServiceServer = {
  unary: (_call, callback) => callback({ code: 12, details: "not part of this test" }),
  clientStream: (_call, callback) => callback({ code: 12, details: "not part of this test" }),
  serverStream: (call) => call.emit("error", { code: 12, details: "not part of this test" }),
  bidi: (call) => call.emit("error", { code: 12, details: "not part of this test" }),
};

/** Handlers of the four kinds of call. */
export type ProbeHandlers = Partial<
  Pick<ProbeServiceServer, "unary" | "clientStream" | "serverStream" | "bidi">
>;

export interface ProbeServer {
  readonly server: Server;
  readonly address: string;
  stop(): void;
}

/** A real server on a free port; handlers that are not given answer UNIMPLEMENTED. */
export async function serveProbe(
  tracing: Tracing | undefined,
  handlers: ProbeHandlers,
  options: ServerOptions = {},
): Promise<ProbeServer> {
  const server = new Server({ interceptors: tracing?.serverInterceptors() ?? [], ...options });
  tracing?.attach(server);
  server.addService(ProbeServiceService, { ...unimplemented, ...handlers });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { server, address: `127.0.0.1:${port}`, stop: () => server.forceShutdown() };
}

export function probeClient(
  tracing: Tracing | undefined,
  address: string,
  options: Parameters<Tracing["clientOptions"]>[0] = {},
): ProbeServiceClient {
  return new ProbeServiceClient(
    address,
    credentials.createInsecure(),
    tracing?.clientOptions(options) ?? options,
  );
}
