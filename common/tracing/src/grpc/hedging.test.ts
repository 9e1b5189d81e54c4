import { expect, test } from "vitest";
import { hedgedMethods } from "./hedging.ts";

const config = (...methodConfig: object[]) => ({
  "grpc.service_config": JSON.stringify({ loadBalancingConfig: [], methodConfig }),
});
const hedgingPolicy = { maxAttempts: 2, hedgingDelay: "0.02s" };
const retryPolicy = { maxAttempts: 3 };

test.each([
  ["by its name", config({ name: [{ service: "a.B", method: "C" }], hedgingPolicy }), true],
  ["by its service", config({ name: [{ service: "a.B" }], hedgingPolicy }), true],
  ["as all methods", config({ name: [{}], hedgingPolicy }), true],
  ["but is another", config({ name: [{ service: "a.B", method: "D" }], hedgingPolicy }), false],
  ["but is retried", config({ name: [{ service: "a.B" }], retryPolicy }), false],
  [
    "but has a policy of its own",
    config(
      { name: [{ service: "a.B" }], hedgingPolicy },
      { name: [{ service: "a.B", method: "C" }], retryPolicy },
    ),
    false,
  ],
  ["in a config that cannot be read", { "grpc.service_config": "{" }, false],
  ["without a config", {}, false],
])("a method is hedged %s: %j", (_, options, expected) => {
  expect(hedgedMethods(options)("/a.B/C")).toBe(expected);
});
