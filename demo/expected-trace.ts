/** A span that a trace must have, with the spans that must be its children. */
export interface ExpectedSpan {
  readonly service: string;
  readonly kind: "server" | "client" | "internal";
  /** The span's name; undefined: any database query. */
  readonly name: string | undefined;
  /** gRPC code or HTTP status. */
  readonly outcome?: string;
  /** Whether the span must be marked as an error; undefined: either. */
  readonly failed?: boolean | undefined;
  /** How many such siblings there must be, each with the children; undefined: one is enough. */
  readonly count?: number;
  readonly children?: readonly ExpectedSpan[];
}

/** How many spans of a kind must be in a trace, wherever they are. */
export type ExpectedCount = Required<Pick<ExpectedSpan, "service" | "kind" | "outcome" | "count">> & {
  readonly name: string;
};

/** What a whole trace looks like. */
export interface ExpectedTrace {
  readonly root: ExpectedSpan;
  readonly counts?: readonly ExpectedCount[];
  /** Text of the error that must be in Sentry, linked to a span of the trace; undefined: none. */
  readonly error: string | undefined;
}

/** Any database query of a service. */
export function query(service: string): ExpectedSpan {
  return { service, kind: "client", name: undefined, failed: false };
}
