import { ROOT_CONTEXT } from "@opentelemetry/api";
import * as sdk from "@opentelemetry/core";
import { expect, test } from "vitest";
import { isTracingSuppressed, suppressTracing } from "./suppression.ts";

test("who suppresses tracing by OpenTelemetry's SDK is heard here, and the other way round", () => {
  expect(isTracingSuppressed(ROOT_CONTEXT)).toBe(false);
  expect(isTracingSuppressed(sdk.suppressTracing(ROOT_CONTEXT))).toBe(true);
  expect(isTracingSuppressed(sdk.unsuppressTracing(suppressTracing(ROOT_CONTEXT)))).toBe(false);
  expect(sdk.isTracingSuppressed(suppressTracing(ROOT_CONTEXT))).toBe(true);
});
