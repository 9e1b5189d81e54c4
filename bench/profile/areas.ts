import { sep } from "node:path";

/** What is used of a `.cpuprofile` as V8 writes it. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  /** The node that ran, sample by sample, and the microseconds since the sample before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** A part of the process and its share of the time in which the process ran, from 0 to 1. */
export interface Share {
  readonly area: string;
  readonly share: number;
}

type Node = CpuProfile["nodes"][number];

const GARBAGE_COLLECTION = "garbage collection";
/** Where the library's sources are; a folder in it is an area of its own. */
const LIBRARY = /\/common\/tracing\/src\/(?:([^/]+)\/)?/;

/**
 * Whose time it was: that of the library by folder, of grpc-js, of the rest of the service, of Node and of the garbage
 * collector. Native functions and Node's own count for those who called them, unless that was the event loop.
 */
export function sharesOf({ nodes, samples, timeDeltas }: CpuProfile): Share[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node] as const)),
  );
  const areas = new Map(nodes.map(({ id }) => [id, areaOf(byId.get(id), parents)]));
  const times = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const area = areas.get(id);
    if (area !== undefined) times.set(area, (times.get(area) ?? 0) + Math.max(0, timeDeltas[index] ?? 0));
  }
  const all = [...times.values()].reduce((sum, time) => sum + time, 0);
  return [...times]
    .map(([area, time]) => ({ area, share: time / all }))
    .sort((one, other) => other.share - one.share);
}

/** Undefined where nothing ran. */
function areaOf(start: Node | undefined, parents: ReadonlyMap<number, Node>): string | undefined {
  if (start?.callFrame.functionName === "(idle)" || start?.callFrame.functionName === "(root)")
    return undefined;
  if (start?.callFrame.functionName === "(garbage collector)") return GARBAGE_COLLECTION;
  for (let node = start; node !== undefined; node = parents.get(node.id)) {
    const url = node.callFrame.url.replaceAll(sep, "/");
    if (url === "" || url.startsWith("node:")) continue;
    const library = LIBRARY.exec(url);
    if (library !== null) return `Tracekeep: ${library[1] ?? "the rest"}`;
    return url.includes("/@grpc/grpc-js/") ? "grpc-js" : "the service";
  }
  return "Node";
}
