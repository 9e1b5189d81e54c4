import {
  ATTR_DEPLOYMENT_ENVIRONMENT_NAME,
  ATTR_SERVICE_INSTANCE_ID,
  ATTR_SERVICE_NAME,
  ATTR_SERVICE_VERSION,
} from "@opentelemetry/semantic-conventions";
import { VERSION } from "../version.ts";
import type { JsonValue } from "./decode-attributes.ts";
import type { ChildSpan, SpanBody } from "./span-json.ts";

export const SDK = { name: "tracekeep.node", version: VERSION } as const;

/** A transaction event as Sentry has taken it since 20.6: its first span as the trace context, the others in a list. */
export interface TransactionEvent extends TransactionBase {
  readonly event_id: string;
  readonly transaction: string;
  readonly start_timestamp: number;
  readonly timestamp: number;
  readonly contexts: TransactionBase["contexts"] & { readonly trace: SpanBody };
  readonly spans: readonly ChildSpan[];
}

/** What is the same in every transaction of a process. */
export interface TransactionBase {
  readonly type: "transaction";
  readonly transaction_info: { readonly source: "custom" };
  readonly platform: "node";
  readonly release: string;
  readonly environment: string;
  readonly server_name: string;
  readonly sdk: typeof SDK;
  readonly tags: Readonly<Record<string, string>>;
  readonly contexts: { readonly otel: { readonly resource: Readonly<Record<string, string>> } };
}

export function transactionBase(resource: Readonly<Record<string, string>>): TransactionBase {
  return {
    type: "transaction",
    // Never a URL: Sentry would take parts of a method's name for ids.
    transaction_info: { source: "custom" },
    platform: "node",
    release: resource[ATTR_SERVICE_VERSION] ?? "",
    environment: resource[ATTR_DEPLOYMENT_ENVIRONMENT_NAME] ?? "",
    server_name: resource[ATTR_SERVICE_INSTANCE_ID] ?? "",
    sdk: SDK,
    tags: tagOf("service", resource[ATTR_SERVICE_NAME]),
    contexts: { otel: { resource } },
  };
}

/** Makes a transaction of its first span and those that go with it. */
export function headedBy(
  base: TransactionBase,
  { description = "", start_timestamp, timestamp, ...trace }: ChildSpan,
  spans: readonly ChildSpan[],
  eventId: string,
): TransactionEvent {
  return {
    ...base,
    event_id: eventId,
    transaction: description,
    start_timestamp,
    timestamp,
    tags: Object.assign(
      tagOf("service", base.tags.service),
      ...TAGGED.map((key) => tagOf(key, trace.data[key])),
    ),
    contexts: { ...base.contexts, trace },
    spans,
  };
}

/** What error events are tagged with, too, and why the trace is here. */
const TAGGED = ["rpc.method", "rpc.status_code", "tracekeep.keep.reason"];
const LONGEST_TAG = 200;

/** Sentry drops tags that are empty, long, or of several lines. */
function tagOf(key: string, value: JsonValue | undefined): Record<string, string> {
  const text = typeof value === "string" ? value.replace(/\s+/g, " ").trim().slice(0, LONGEST_TAG) : "";
  return text === "" ? {} : { [key]: text };
}
