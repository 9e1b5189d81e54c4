import type { ClientOptions, Server, ServerOptions } from "@grpc/grpc-js";

/** How a service is traced, or not. A module of this folder exports `startInstrument`. */
export interface Instrument {
  readonly serverOptions: ServerOptions;
  readonly clientOptions: ClientOptions;
  attach(server: Server): void;
  /** Sends all that waits. */
  flush(): Promise<void>;
  /**
   * Spans that were lost so far: a variant that loses them looks cheaper than it is. 0 for one that does not say;
   * what arrives is counted, too.
   */
  droppedSpans(): number;
}

export type StartInstrument = () => Instrument;
