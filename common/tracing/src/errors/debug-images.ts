import type { SentryEvent } from "./sentry-event.ts";
import { parseStack } from "./stack-frames.ts";

/** Which uploaded source map belongs to a file, as Sentry's event format has it. */
export interface DebugImage {
  readonly type: "sourcemap";
  /** As the frames name it. */
  readonly code_file: string;
  readonly debug_id: string;
}

/**
 * What build tools put into a bundle for Sentry: the file's debug id, by a stack trace that was taken in the file. The
 * first is what Sentry's tools write, the second the proposed standard.
 */
interface Registry {
  readonly _sentryDebugIds?: Readonly<Record<string, string>>;
  readonly _debugIds?: Readonly<Record<string, string>>;
}

/** Files by the stack traces that name them: as many as there are bundles. */
const files = new Map<string, string | undefined>();

/**
 * The event with the debug ids of the files on its stack, by which Sentry finds their source maps; most have none.
 *
 * @param clean what a path on the stack has gone through: that of a home directory is not the file's any more.
 */
export function withDebugImages(event: SentryEvent, clean: (path: string) => string): SentryEvent {
  const frames = event.exception.values.flatMap(({ stacktrace }) => stacktrace?.frames ?? []);
  const onStack = new Set(frames.map((frame) => (frame as { readonly filename?: string }).filename));
  const images = knownImages()
    .map((image) => ({ ...image, code_file: clean(image.code_file) }))
    .filter(({ code_file }) => onStack.has(code_file));
  return images.length === 0 ? event : { ...event, debug_meta: { images } };
}

function knownImages(): DebugImage[] {
  const { _sentryDebugIds, _debugIds } = globalThis as Registry;
  const images = new Map<string, DebugImage>();
  for (const [stack, debug_id] of Object.entries({ ..._debugIds, ..._sentryDebugIds })) {
    const code_file = fileOf(stack);
    if (code_file !== undefined) images.set(code_file, { type: "sourcemap", code_file, debug_id });
  }
  return [...images.values()];
}

function fileOf(stack: string): string | undefined {
  if (!files.has(stack)) files.set(stack, parseStack(stack).findLast(({ filename }) => filename)?.filename);
  return files.get(stack);
}
