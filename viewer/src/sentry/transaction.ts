import { z } from "zod";
import type { Attributes, AttributeValue } from "../trace/attributes.ts";
import type { Kind, SpanRecord } from "../trace/span.ts";
import { MalformedEnvelopeError, parseJson } from "./envelope.ts";
import { type Child, type Transaction, transaction } from "./transaction-schema.ts";

/** The spans of an envelope's "transaction" item, its own first. Throws MalformedEnvelopeError. */
export function parseTransaction(payload: Buffer): SpanRecord[] {
  const parsed = transaction.safeParse(parseJson(payload, "the transaction"));
  if (!parsed.success) throw new MalformedEnvelopeError(`the transaction: ${z.prettifyError(parsed.error)}`);
  const event = parsed.data;
  const resource = resourceOf(event);
  const { start_timestamp, timestamp } = event;
  const own = { ...event.contexts.trace, description: event.transaction, start_timestamp, timestamp };
  return [own, ...(event.spans ?? [])].map((child) => recordOf(child, resource));
}

function resourceOf({ contexts, tags, ...event }: Transaction): Attributes {
  const given = attributesFrom(contexts.otel?.resource);
  const named = Array.isArray(tags) ? undefined : tags?.service;
  const { release, environment } = event;
  const service = named ?? event.server_name ?? event.platform;
  return Object.assign(resourceFrom({ service, release, environment }), given);
}

/** What Sentry's fields say of the source, as a resource says it. */
export function resourceFrom(
  source: Readonly<Record<"service" | "release" | "environment", unknown>>,
): Attributes {
  return Object.assign(
    Object.create(null),
    optional("service.name", source.service),
    optional("service.version", source.release),
    optional("deployment.environment.name", source.environment),
  );
}

function optional(key: string, value: unknown): Record<string, string> {
  return typeof value === "string" && value !== "" ? { [key]: value } : {};
}

/** A span within a transaction, as a record. */
export function recordOf(child: Child, resource: Attributes): SpanRecord {
  const attributes = Object.assign(
    Object.create(null),
    optional("sentry.op", child.op),
    optional("sentry.origin", child.origin),
    attributesFrom(child.data),
  );
  const status = (child.status ?? "ok").toLowerCase();
  const failed = hasFailed(attributes, status);
  return {
    traceId: child.trace_id.toLowerCase(),
    spanId: child.span_id.toLowerCase(),
    parentSpanId: child.parent_span_id?.toLowerCase(),
    traceState: "",
    flags: 1,
    name: child.description || child.op || "",
    kind: kindOf(attributes["otel.kind"], child.op ?? ""),
    startNanos: nanosOf(child.start_timestamp),
    endNanos: nanosOf(child.timestamp),
    attributes,
    events: [],
    links: (child.links ?? []).map((linked) => ({
      traceId: linked.trace_id.toLowerCase(),
      spanId: linked.span_id.toLowerCase(),
      attributes: attributesFrom(linked.attributes),
    })),
    status: failed ? "error" : "unset",
    statusMessage: messageOf(attributes["otel.status_description"], failed, status),
    service: typeof resource["service.name"] === "string" ? resource["service.name"] : "unknown",
    resource,
    scope: typeof attributes["otel.scope.name"] === "string" ? attributes["otel.scope.name"] : "",
  };
}

/**
 * Sentry has a status for each code of gRPC, also where OpenTelemetry has set none: an answer such as NOT_FOUND is no
 * error of a server. Spans that were OpenTelemetry's (they name their scope) say themselves what is one.
 */
function hasFailed(attributes: Attributes, status: string): boolean {
  if (attributes["otel.scope.name"] !== undefined) return attributes["otel.status_code"] === "ERROR";
  return status !== "ok" && status !== "cancelled";
}

function messageOf(description: AttributeValue | undefined, failed: boolean, status: string): string {
  if (typeof description === "string") return description;
  return failed ? status : "";
}

const KINDS: readonly Kind[] = ["internal", "server", "client", "producer", "consumer"];

/** What OpenTelemetry calls it, or else what Sentry's operation stands for. */
function kindOf(stated: AttributeValue | undefined, op: string): Kind {
  const known = KINDS.find((kind) => kind.toUpperCase() === stated);
  if (known) return known;
  if (/\.server$|^(navigation|pageload)$/.test(op)) return "server";
  return /\.client$|^db\b/.test(op) ? "client" : "internal";
}

/** Microseconds are as fine as a number of seconds since the epoch can say. */
function nanosOf(seconds: number): bigint {
  return Number.isFinite(seconds) ? BigInt(Math.round(seconds * 1e6)) * 1000n : 0n;
}

function attributesFrom(values: Record<string, unknown> | null | undefined): Attributes {
  const attributes: Record<string, AttributeValue> = Object.create(null);
  for (const [key, value] of Object.entries(values ?? {})) attributes[key] = attributeOf(value, 0);
  return attributes;
}

const DEEPEST = 8;

function attributeOf(value: unknown, depth: number): AttributeValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  if (depth === DEEPEST) return "[nested too deeply]";
  if (Array.isArray(value)) return value.map((item) => attributeOf(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, attributeOf(item, depth + 1)]));
}
