import { setTimeout as delay } from "node:timers/promises";
import { credentials, Metadata, status } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";

/** What is to become of a call and its trace. */
export type CallKind = "kept" | "sampled" | "neither";

const KINDS: readonly CallKind[] = ["kept", "sampled", "neither"];

/** The server's own, and one of the work it does. */
export const SPANS_A_TRACE = 2;

/** Makes calls at a steady pace, and notes how they are answered. */
export class Load implements Disposable {
  /** Traces whose call was answered as planned, in that order. */
  readonly answered: string[] = [];
  /** How long answers took, in milliseconds. */
  readonly latencies: number[] = [];
  readonly #client: ProbeServiceClient;
  #refused = false;

  /** What each trace is, by its id. */
  readonly kinds: Map<string, CallKind>;

  constructor(address: string, kinds = new Map<string, CallKind>()) {
    this.kinds = kinds;
    this.#client = new ProbeServiceClient(address, credentials.createInsecure());
  }

  /** Spans of the traces so far that are to leave the service. */
  get expectedSpans(): number {
    const traces = [...this.kinds.values()].filter((kind) => kind !== "neither").length;
    return traces * SPANS_A_TRACE;
  }

  /** A call of each kind each round; resolves when all are answered. */
  async run(rounds: number, roundMs: number, noteLength = 0): Promise<void> {
    const begin = performance.now();
    const calls: Promise<void>[] = [];
    for (let round = 0; round < rounds; round++) {
      await delay(Math.max(0, begin + round * roundMs - performance.now()));
      calls.push(...KINDS.map((kind) => this.call(kind, noteLength)));
    }
    await Promise.all(calls);
  }

  /** As `run`, but ends when the service is gone. */
  async runUntilRefused(rounds: number, roundMs: number): Promise<void> {
    const calls: Promise<void>[] = [];
    for (let round = 0; round < rounds && !this.#refused; round++) {
      calls.push(...KINDS.map((kind) => this.call(kind)));
      await delay(roundMs);
    }
    await Promise.all(calls);
  }

  /** Resolves when it is answered, in whatever way. */
  call(kind: CallKind, noteLength = 0): Promise<void> {
    const traceId = crypto.randomUUID().replaceAll("-", "");
    this.kinds.set(traceId, kind);
    const metadata = new Metadata();
    metadata.set("traceparent", `00-${traceId}-00f067aa0ba902b7-${kind === "sampled" ? "01" : "00"}`);
    const text = kind === "kept" ? "fail" : "";
    const begin = performance.now();
    return new Promise((resolve) => {
      this.#client.unary({ text, count: noteLength }, metadata, (error) => {
        this.latencies.push(performance.now() - begin);
        const asPlanned = kind === "kept" ? error?.details === "the bank is closed" : error === null;
        if (asPlanned) this.answered.push(traceId);
        this.#refused ||= error?.code === status.UNAVAILABLE;
        resolve();
      });
    });
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
