import type { Child } from "../processes/child.ts";
import type { LoadQuestion, LoadReply } from "../processes/load.ts";
import type { ServiceQuestion, ServiceReady, ServiceReply } from "../processes/service.ts";
import type { SinkReady, SinkReply } from "../processes/sink.ts";
import { startSink } from "../processes/start.ts";
import type { Failing, Shape } from "./cases.ts";
import { type Figures, figuresOf } from "./figures.ts";
import { startService } from "./start-service.ts";
import type { Variant } from "./variants.ts";

/** A variant that traces is refused if what arrives is as unlikely as this. */
const UNLIKELY = 1e-6;
/** Seconds of load before what is counted: a process that has waited has cold caches and a heap that shrank. */
export const LEAD_IN = 0.5;

export interface SubjectOptions {
  readonly shape: Shape;
  readonly failing: Failing;
  readonly variant: Variant;
  /** The library's sources, and not what is built of them. */
  readonly sources: boolean;
  readonly profile: string | undefined;
}

export interface Measurement {
  readonly figures: Figures;
  /** Spans that the measured process says it lost on their way out. */
  readonly droppedSpans: number;
}

interface Processes {
  readonly load: Child<unknown>;
  readonly service: Child<ServiceReady>;
  readonly sink: Child<SinkReady>;
  readonly callee: Child<ServiceReady> | undefined;
}

/** A measured service in a process of its own, with its intake and the service it calls: measured as often as wanted. */
export class Subject implements AsyncDisposable {
  readonly #options: SubjectOptions;
  readonly #processes: Processes;
  readonly #started: AsyncDisposableStack;
  #calls = 0;
  #spans = 0;

  private constructor(options: SubjectOptions, processes: Processes, started: AsyncDisposableStack) {
    this.#options = options;
    this.#processes = processes;
    this.#started = started;
  }

  /** @param load Calls this one and others in turns; it stays when this one ends. */
  static async start(load: Child<unknown>, options: SubjectOptions): Promise<Subject> {
    const { shape, variant, sources, profile } = options;
    await using started = new AsyncDisposableStack();
    const sink = started.use(await startSink("intake"));
    let callee: Child<ServiceReady> | undefined;
    if (shape === "chain") {
      // Traced in the same way, since what it sends back is part of the cost; its spans are not.
      const elsewhere = started.use(await startSink("callee's intake"));
      callee = started.use(await startService(variant, elsewhere.ready, { role: "callee", sources }));
    }
    const service = started.use(
      await startService(variant, sink.ready, {
        role: "service",
        sources,
        callee: callee?.ready.address,
        profile: profile === undefined ? undefined : { folder: profile, name: `${shape}-${variant.name}` },
      }),
    );
    return new Subject(options, { load, service, sink, callee }, started.move());
  }

  /** Load that is not counted. */
  async warmUp(seconds: number): Promise<void> {
    this.#calls += (await this.#drive(seconds)).calls;
  }

  /** Throws Error if it is to trace, and nothing has arrived since it started. */
  async measure(seconds: number): Promise<Measurement> {
    const { service } = this.#processes;
    await this.warmUp(LEAD_IN);
    await service.ask<object>("begin" satisfies ServiceQuestion);
    const before = await this.#take();
    const answered = await this.#drive(seconds);
    const usage = await service.ask<ServiceReply>("end" satisfies ServiceQuestion);
    const sent = await this.#take();
    this.#calls += answered.calls;
    this.#spans += before.spans + sent.spans;
    this.#refuseSilence();
    return { figures: figuresOf(answered, usage, sent), droppedSpans: usage.droppedSpans };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#started.disposeAsync();
  }

  #drive(seconds: number): Promise<LoadReply> {
    const { load, service, callee } = this.#processes;
    const { failing, shape } = this.#options;
    const question: LoadQuestion = {
      address: service.ready.address,
      failing,
      stream: shape === "stream",
      seconds,
    };
    const reply = service.watch(load.ask<LoadReply>({ ...question }));
    return callee === undefined ? reply : callee.watch(reply);
  }

  #take(): Promise<SinkReply> {
    return this.#processes.sink.ask<SinkReply>("take");
  }

  /** A tracer that traces nothing is cheap, and proves nothing. */
  #refuseSilence(): void {
    const { title, sampleRate = 0 } = this.#options.variant;
    if (this.#spans === 0 && (1 - sampleRate) ** this.#calls < UNLIKELY) {
      throw new Error(
        `${title}: no span arrived of ${this.#calls} calls, of which ${sampleRate * 100} % were to be traced. It does not trace, or its spans are sent elsewhere.`,
      );
    }
  }
}
