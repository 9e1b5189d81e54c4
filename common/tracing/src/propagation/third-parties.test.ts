import { Metadata } from "@grpc/grpc-js";
import { propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { expect, test } from "vitest";
import { MetadataWriter } from "./carrier.ts";
import { injectContext } from "./inject.ts";

const EMAIL = "email=jane%40acme.example";
/** As an incoming request has it. */
const active = propagation.setBaggage(
  ROOT_CONTEXT,
  propagation.createBaggage({ email: { value: "jane@acme.example" } }),
);

test.each([
  ["all", EMAIL, ["email"]],
  ["all", `${EMAIL},own=1`, ["email", "own"]],
  ["sentry-baggage", EMAIL, []],
  ["sentry-baggage", `${EMAIL},own=1`, ["own"]],
  ["sentry-baggage", "email=somebody%20else", ["email"]],
] as const)(
  "PII-08: to a host of the scope %s, of metadata with the baggage %s travels %j",
  (scope, present, expected) => {
    const metadata = new Metadata();
    metadata.set("baggage", present);
    injectContext(active, new MetadataWriter(metadata), scope);
    const members = metadata.get("baggage").flatMap((header) => String(header).split(","));
    expect(members.map((member) => member.split("=")[0]).toSorted()).toEqual(expected);
  },
);
