import {
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
} from "@opentelemetry/api";
import type { Tracing } from "tracekeep";
import type { MicroCase } from "./micro-case.ts";

const METHOD = "ledger.v1.LedgerService/GetAccount";
const CARRIER = {
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
  tracestate: "ot=th:fd70a3d70a3d70",
  "sentry-trace": "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
  baggage:
    "sentry-trace_id=4bf92f3577b34da6a3ce929d0e0e4736,sentry-sample_rate=0.01,sentry-sampled=false,sentry-environment=production",
};
const SPANS_BELOW = 5;

const nothing = (): void => {};

/** What happens to each request, through the public functions and the registered propagator; made inside a span. */
export function tracingCases(tracing: Tracing): readonly MicroCase[] {
  const active = context.active();
  const span = (): void => tracing.withSpan("read account", nothing);
  const six = (keep: boolean) => () =>
    tracing.continueTrace({}, { name: METHOD }, () => {
      for (let count = 0; count < SPANS_BELOW; count++) span();
      return keep && tracing.keepTrace("balance differs");
    });
  return [
    {
      name: "begin and end a trace of one span",
      run: () => tracing.continueTrace({}, { name: METHOD }, nothing),
    },
    { name: "begin and end a trace of six spans", run: six(false) },
    { name: "begin and end a trace of six spans, and keep it", run: six(true) },
    {
      name: "extract a caller's four headers",
      run: () => propagation.extract(ROOT_CONTEXT, CARRIER, defaultTextMapGetter),
    },
    {
      name: "inject the headers of the active span",
      run: () => {
        const carrier = {};
        propagation.inject(active, carrier, defaultTextMapSetter);
        return carrier;
      },
    },
  ];
}
