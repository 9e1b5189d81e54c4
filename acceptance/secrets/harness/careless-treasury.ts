import { setImmediate as soon } from "node:timers/promises";
import { type handleUnaryCall, Server, status } from "@grpc/grpc-js";
import { propagation } from "@opentelemetry/api";
import {
  type TreasuryServiceServer,
  TreasuryServiceService,
  type ValidateAccountRequest,
  type ValidateAccountResponse,
} from "@tracekeep/proto/treasury/v1";
import {
  addStandardServices,
  createLogger,
  grpcEndpoint,
  Lifecycle,
  loadConfigOrExit,
  unaryHandler,
} from "@tracekeep/service";
import { startTracing, withSpan } from "tracekeep";
import { marker, PERSONAL, telltale } from "./planted.ts";

// A treasury that is careless with secrets, each institution's in its own way.
const config = loadConfigOrExit({
  folder: import.meta.dirname,
  defaults: { SERVICE_NAME: "treasury", SERVICE_VERSION: "1.0.0", PORT: "0" },
  variables: {},
});
const logger = createLogger(config);
const lifecycle = new Lifecycle({ config, logger });
const { readiness } = lifecycle;
const tracing = startTracing(config.tracing, { logger });
lifecycle.onClose((limitMs) => tracing.shutdown(limitMs));

type Way = handleUnaryCall<ValidateAccountRequest, ValidateAccountResponse>;

const accept: Way = ({ request }, callback) =>
  callback(null, {
    currency: { code: request.currency, name: request.currency, minorUnits: 2 },
    institution: { code: request.institution, name: request.institution },
  });

const describeInSpan: Way = (call, callback) => {
  const { email, password, jwt } = PERSONAL;
  const attributes = {
    note: telltale("attribute"),
    "user.password": password,
    "user.email": email,
    session_token: jwt,
    list: [telltale("list"), email],
  };
  withSpan(telltale("name"), { attributes }, (span) => {
    span.addEvent(telltale("event"), { note: telltale("event-attribute") });
    span.addLink({ context: span.spanContext(), attributes: { note: telltale("link") } });
    span.recordException(new Error(telltale("recorded")));
    span.setStatus({ code: 2, message: telltale("status") });
    const order = propagation.getActiveBaggage()?.getEntry("order")?.value;
    span.setAttribute("order.from_baggage", order ?? "none");
  });
  accept(call, callback);
};

const WAYS: Readonly<Record<string, Way>> = {
  NORDBANK: accept,
  SPAN: describeInSpan,
  DETAILS: (_, callback) => callback({ code: status.INTERNAL, details: telltale("details") }),
  THROWN: () => {
    throw new Error(telltale("thrown"));
  },
  // What the platform's own handlers do with an unexpected error.
  LOGGED: unaryHandler(logger, async () => {
    logger.warn({ password: PERSONAL.password, order: marker("field") }, telltale("message"));
    throw new Error(telltale("logged"), { cause: new Error(telltale("cause")) });
  }),
  CRASH: () => {
    void soon().then(() => {
      throw new TypeError(telltale("crash"));
    });
  },
};

const server = new Server({ interceptors: tracing.serverInterceptors() });
tracing.attach(server);
server.addService(TreasuryServiceService, {
  validateAccount: (call, callback) => (WAYS[call.request.institution] ?? accept)(call, callback),
  transfer: (_, callback) => callback({ code: status.INTERNAL, details: telltale("transfer") }),
  listCurrencies: (_, callback) => callback(null, { currencies: [] }),
  listInstitutions: (_, callback) => callback(null, { institutions: [] }),
  watchRates: (call) => void call.end(),
} satisfies TreasuryServiceServer);
addStandardServices(server, {
  config,
  logger,
  readiness,
  dependencies: [],
  services: [TreasuryServiceService],
});

await lifecycle.run(grpcEndpoint(server, config));
