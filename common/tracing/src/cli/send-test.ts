import type { TracingConfig } from "../config/index.ts";
import { eventEnvelope } from "../errors/index.ts";
import { type Destination, destinationsOf } from "../export/destinations.ts";
import { envelopeTarget } from "../transport/envelope.ts";
import type { Command } from "./command.ts";
import { styled, write } from "./output.ts";
import { type Delivery, deliver, post } from "./probe/deliver.ts";
import { makeTestTrace, type TestTrace } from "./probe/test-trace.ts";
import { traceLink } from "./probe/trace-link.ts";
import { explainHere, SERVICE_OPTIONS, SERVICE_OPTIONS_USAGE } from "./service-options.ts";

const USAGE = `Usage: tracekeep send-test [options]

Sends a trace of three spans as a service with this configuration would, whatever the sampling rate, waits for the
answer, and prints where to see it.

  --error          the trace has failed, and Sentry gets an error event of it, too
${SERVICE_OPTIONS_USAGE}
Exit codes: 0 every destination took it, 1 one did not, there is none, or tracing is off, 2 wrong usage.
`;

export const command: Command = {
  summary: "send a test trace, and print where to see it",
  usage: USAGE,
  options: { ...SERVICE_OPTIONS, error: { type: "boolean" } },
  async run(values) {
    const { config, faults } = explainHere(values);
    if (config === undefined) {
      for (const { name, message } of faults) say(false, `${name} ${message}`);
      return 1;
    }
    if (!config.enabled) {
      say(false, "tracing is off: set TRACING_ENABLED=true, and remove OTEL_SDK_DISABLED");
      return 1;
    }
    const destinations = destinationsOf(config);
    if (destinations.length === 0) {
      say(false, "nothing is sent: set SENTRY_DSN, or OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
      return 1;
    }
    const trace = makeTestTrace(config, values.error === true);
    const taken = [...(await sendSpans(trace, destinations, config)), ...(await sendEvent(trace, config))];
    write(`  trace ${trace.traceId}\n`);
    if (taken.includes(true)) write(`  ${await traceLink(config.sentryDsn, trace.traceId)}\n`);
    return taken.every(Boolean) ? 0 : 1;
  },
};

/** Whether each destination took the spans. */
async function sendSpans(
  trace: TestTrace,
  destinations: readonly Destination[],
  config: TracingConfig,
): Promise<boolean[]> {
  const taken: boolean[] = [];
  for (const destination of destinations) {
    const delivery = await deliver(trace, destination, config);
    taken.push(judge(`${trace.spans.length} spans to ${destination.name}`, delivery));
  }
  return taken;
}

async function sendEvent({ event }: TestTrace, config: TracingConfig): Promise<boolean[]> {
  const { sentryDsn, export: settings } = config;
  if (event === undefined || sentryDsn === undefined) return [];
  const target = envelopeTarget(sentryDsn, [settings.ca]);
  const delivery = await post(target, eventEnvelope(event, sentryDsn), settings.timeoutMs);
  return [judge(`an error event to sentry ${sentryDsn.host}`, delivery)];
}

function judge(what: string, { answer, error }: Delivery): boolean {
  const taken = answer !== undefined && answer.status >= 200 && answer.status < 300;
  const result = answer === undefined ? (error?.code ?? error?.message) : `status ${answer.status}`;
  say(taken, taken ? `${what}: taken` : `${what}: not taken (${result}); "tracekeep doctor" says why`);
  return taken;
}

function say(well: boolean, text: string): void {
  write(`${well ? styled("green", "✓") : styled("red", "✗")} ${text}\n`);
}
