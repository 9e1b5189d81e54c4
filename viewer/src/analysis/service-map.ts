import type { SpanRecord } from "../trace/span.ts";
import type { SpanNode, Trace } from "../trace/trace.ts";
import { Distribution } from "./distribution.ts";
import { type Marks, outsideOf } from "./outside.ts";
import { weightOf } from "./weight.ts";

/** A service, or something outside that services call: a database, or a host of which nothing was received. */
export interface MapNode {
  readonly name: string;
  readonly outside: boolean;
  /** By which the calls to something outside are known; undefined for a service. */
  readonly marks: Marks | undefined;
  /** What was asked of it: one duration for each request that came into it. */
  readonly requests: Distribution;
}

/** Calls from one node of the map to another. */
export interface MapEdge {
  readonly from: string;
  readonly to: string;
  readonly calls: Distribution;
}

const MOST_NODES = 300;

/** Who calls whom, how often, how long and with what success, drawn from traces. */
export class ServiceMap {
  readonly #nodes = new Map<string, MapNode>();
  readonly #edges = new Map<string, MapEdge>();

  add({ nodes }: Trace): void {
    for (const node of nodes) this.#addSpan(node);
  }

  nodes(): MapNode[] {
    return [...this.#nodes.values()];
  }

  edges(): MapEdge[] {
    return [...this.#edges.values()];
  }

  #addSpan({ span, parent, children }: SpanNode): void {
    const nanos = Number(span.endNanos - span.startNanos);
    const failed = span.status === "error";
    const weight = weightOf(span);
    const from = parent?.span.service;
    if (from !== span.service || span.kind === "server" || span.kind === "consumer") {
      this.#node(span.service)?.requests.add(nanos, weight, failed);
      if (parent && from !== undefined && from !== span.service)
        this.#callTo(parent.span, span.service, nanos, failed);
    }
    const outside = children.some((child) => child.span.service !== span.service)
      ? undefined
      : outsideOf(span);
    if (outside === undefined) return;
    this.#node(outside.name, outside.marks)?.requests.add(nanos, weight, failed);
    this.#callTo(span, outside.name, nanos, failed);
  }

  /** Of a call the caller's own duration counts, the way included, where its span is known as a call. */
  #callTo(caller: SpanRecord, to: string, nanos: number, failed: boolean): void {
    if (!this.#node(caller.service) || !this.#nodes.has(to)) return;
    const key = JSON.stringify([caller.service, to]);
    const edge = this.#edges.get(key) ?? { from: caller.service, to, calls: new Distribution() };
    this.#edges.set(key, edge);
    const known = caller.kind === "client" || caller.kind === "producer";
    edge.calls.add(
      known ? Number(caller.endNanos - caller.startNanos) : nanos,
      weightOf(caller),
      known ? caller.status === "error" : failed,
    );
  }

  /** Undefined beyond the bound: made-up names must not fill the memory. */
  #node(name: string, marks?: Marks): MapNode | undefined {
    const known = this.#nodes.get(name);
    if (known) return known;
    if (this.#nodes.size >= MOST_NODES) return undefined;
    const node = { name, outside: marks !== undefined, marks, requests: new Distribution() };
    this.#nodes.set(name, node);
    return node;
  }
}
