import { afterAll, beforeAll } from "vitest";
import { launchMesh, type MeshSpec } from "./mesh.ts";
import type { MeshPair } from "./whole-trace.ts";

/** Starts the services twice for the tests of a file; the result is filled before the first one. */
export function useMeshPair(spec: MeshSpec, all: Record<string, string> = {}): MeshPair {
  const pair = {} as { -readonly [Key in keyof MeshPair]: MeshPair[Key] };
  beforeAll(async () => {
    const [sampled, unsampled] = await Promise.all([
      launchMesh(spec, { ...all, TRACE_SAMPLE_RATE: "1" }),
      launchMesh(spec, { ...all, TRACE_SAMPLE_RATE: "0" }),
    ]);
    Object.assign(pair, { sampled, unsampled });
  });
  afterAll(() => Promise.all([pair.sampled?.stop(), pair.unsampled?.stop()]));
  return pair;
}
