import { createStackParser, getDebugImagesForResources } from "@sentry/core";
import { nodeStackLineParser } from "@sentry/core/server";
import { afterEach, expect, test } from "vitest";
import { createSanitizer } from "../sanitize/index.ts";
import { withDebugImages as withImages } from "./debug-images.ts";
import type { SentryEvent } from "./sentry-event.ts";
import { toSentryEvent } from "./sentry-event.ts";
import { parseStack } from "./stack-frames.ts";

const ID = "c5ff7a33-8b1a-4b1e-9c7f-5f0d6c1a2b3d";
const OTHER = "0b1f6a0e-6d9c-4a51-8f5e-2f3d4c5b6a79";
const registry = globalThis as { _sentryDebugIds?: object | undefined; _debugIds?: object | undefined };

afterEach(() => {
  registry._sentryDebugIds = undefined;
  registry._debugIds = undefined;
});

const sanitizer = createSanitizer({ keys: [], patterns: [], valueLength: 1_024 });
const withDebugImages = (event: SentryEvent): SentryEvent => withImages(event, sanitizer.text);

/** What the snippet of a build tool writes down when a bundle is loaded. */
const takenIn = (file: string): string =>
  `Error\n    at ${file}:1:180\n    at ModuleJob.run (node:internal/modules/esm/module_job:430:25)`;

function eventOf(...places: string[]): SentryEvent {
  const stack = sanitizer.text(`Error: no\n${places.map((place) => `    at run (${place})`).join("\n")}`);
  const exception = { type: "Error", message: "no", stack };
  const failure = { traceId: "1", keepId: "1", spanId: "2", parentSpanId: undefined, exception };
  const identity = { serviceName: "bundled", release: "1", environment: "test" };
  return toSentryEvent({ ...failure, method: "a.B/C", code: undefined }, identity, parseStack);
}

test("an event names the debug ids of the files on its stack, and of no others", () => {
  registry._sentryDebugIds = {
    [takenIn("file:///srv/dist/main.js")]: ID,
    [takenIn("file:///srv/dist/other.js")]: OTHER,
  };
  const event = withDebugImages(
    eventOf("file:///srv/dist/main.js:1:42", "/srv/node_modules/pg/lib/client.js:5:6"),
  );
  expect(event.debug_meta).toEqual({
    images: [{ type: "sourcemap", code_file: "/srv/dist/main.js", debug_id: ID }],
  });
  expect(event.exception.values[0]?.stacktrace?.frames).toContainEqual(
    expect.objectContaining({ filename: "/srv/dist/main.js" }),
  );
});

test("bundles that are loaded later count, and so do ids by the name of the proposed standard", () => {
  registry._debugIds = { [takenIn("/srv/a.cjs")]: ID };
  expect(withDebugImages(eventOf("/srv/a.cjs:1:1", "/srv/b.cjs:1:1")).debug_meta?.images).toHaveLength(1);
  registry._sentryDebugIds = { [takenIn("/srv/b.cjs")]: OTHER };
  expect(withDebugImages(eventOf("/srv/a.cjs:1:1", "/srv/b.cjs:1:1")).debug_meta?.images).toHaveLength(2);
});

test("the images are those that Sentry's SDK would find", () => {
  registry._sentryDebugIds = { [takenIn("file:///srv/dist/main.js")]: ID };
  const { debug_meta } = withDebugImages(eventOf("file:///srv/dist/main.js:1:42"));
  const theirs = getDebugImagesForResources(createStackParser(nodeStackLineParser()), ["/srv/dist/main.js"]);
  expect(debug_meta?.images).toEqual(theirs);
});

test("without bundles an event is as it was", () => {
  const event = eventOf("/srv/src/main.ts:1:1");
  expect(withDebugImages(event)).toBe(event);
  registry._sentryDebugIds = { "no stack": ID };
  expect(withDebugImages(event)).toBe(event);
});

test("a bundle in a home directory, as many containers have it, is found although the frames do not name its owner", () => {
  registry._sentryDebugIds = { [takenIn("file:///home/node/app/dist/main.js")]: ID };
  const event = withDebugImages(eventOf("file:///home/node/app/dist/main.js:1:42"));
  const [frame] = (event.exception.values[0]?.stacktrace?.frames ?? []) as { filename: string }[];
  expect(frame?.filename).not.toContain("node/app");
  expect(event.debug_meta?.images).toEqual([{ type: "sourcemap", code_file: frame?.filename, debug_id: ID }]);
});
