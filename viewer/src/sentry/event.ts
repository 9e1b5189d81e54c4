import { z } from "zod";
import { MalformedEnvelopeError, parseJson } from "./envelope.ts";
import { lenient, text } from "./lenient.ts";

/** A Sentry error event, as far as it matters beside a trace. */
export interface SentryErrorEvent {
  readonly eventId: string;
  readonly level: string | undefined;
  readonly message: string | undefined;
  readonly platform: string | undefined;
  readonly release: string | undefined;
  readonly environment: string | undefined;
  readonly serverName: string | undefined;
  readonly transaction: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  /** The thrown error last, its causes before it, as Sentry orders them. */
  readonly exceptions: readonly { readonly type: string; readonly value: string }[];
  /** contexts.trace: the span that was active when the error happened. */
  readonly trace:
    | { readonly traceId: string; readonly spanId: string; readonly parentSpanId: string | undefined }
    | undefined;
  /** The whole event as it was sent. */
  readonly raw: unknown;
}

const formatted = z.object({ formatted: text, message: text });
const exceptions = z.array(z.object({ type: text, value: text }).catch({}));
const traceContext = z.object({ trace_id: z.string(), span_id: z.string(), parent_span_id: text });
const tag = z.tuple([z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String)]);

const schema = z.object({
  event_id: text,
  level: text,
  message: lenient(z.union([z.string(), formatted])),
  logentry: lenient(formatted),
  platform: text,
  release: text,
  environment: text,
  server_name: text,
  transaction: text,
  tags: lenient(z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())])),
  exception: lenient(z.union([exceptions, z.object({ values: lenient(exceptions) })])),
  contexts: lenient(z.object({ trace: lenient(traceContext) })),
});

/**
 * Reads the payload of an envelope's "event" item; envelopeId stands in for an event id that it lacks.
 * Throws MalformedEnvelopeError.
 */
export function parseErrorEvent(payload: Buffer, envelopeId = ""): SentryErrorEvent {
  const raw = parseJson(payload, "the event");
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw new MalformedEnvelopeError(`the event: ${z.prettifyError(parsed.error)}`);
  const event = parsed.data;
  const message = event.logentry ?? event.message;
  const thrown = Array.isArray(event.exception) ? event.exception : event.exception?.values;
  const trace = event.contexts?.trace;
  return {
    eventId: event.event_id ?? envelopeId,
    level: event.level ?? undefined,
    message: (typeof message === "string" ? message : (message?.formatted ?? message?.message)) ?? undefined,
    platform: event.platform ?? undefined,
    release: event.release ?? undefined,
    environment: event.environment ?? undefined,
    serverName: event.server_name ?? undefined,
    transaction: event.transaction ?? undefined,
    tags: tagsOf(event.tags),
    exceptions: (thrown ?? []).map(({ type, value }) => ({ type: type ?? "Error", value: value ?? "" })),
    trace: trace
      ? { traceId: trace.trace_id, spanId: trace.span_id, parentSpanId: trace.parent_span_id ?? undefined }
      : undefined,
    raw,
  };
}

function tagsOf(given: z.infer<typeof schema>["tags"]): Record<string, string> {
  const pairs = Array.isArray(given) ? given : Object.entries(given ?? {});
  return Object.fromEntries(
    pairs.map((pair) => tag.safeParse(pair).data).filter((pair) => pair !== undefined),
  );
}
