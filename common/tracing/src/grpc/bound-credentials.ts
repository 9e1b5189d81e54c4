import { CallCredentials } from "@grpc/grpc-js";
import type { CapturedContext } from "../tracer/index.ts";

type Options = Parameters<CallCredentials["generateMetadata"]>[0];
type Generated = ReturnType<CallCredentials["generateMetadata"]>;

/**
 * Call credentials that are asked for metadata where their call was made. A call may wait for a connection, and
 * is then started by whoever else waited: a token that is fetched would land in another request's trace.
 */
export class BoundCredentials extends CallCredentials {
  readonly #credentials: CallCredentials;
  readonly #caller: CapturedContext;

  constructor(credentials: CallCredentials, caller: CapturedContext) {
    super();
    this.#credentials = credentials;
    this.#caller = caller;
  }

  override generateMetadata(options: Options): Generated {
    const { promise, resolve } = Promise.withResolvers<Awaited<Generated>>();
    this.#caller.runInAsyncScope(
      (given) => resolve(this.#credentials.generateMetadata(given)),
      undefined,
      options,
    );
    return promise;
  }
  /** With those of the channel, which are asked in the same place. */
  override compose(others: CallCredentials): CallCredentials {
    return new BoundCredentials(this.#credentials.compose(others), this.#caller);
  }
  override _equals(other: CallCredentials): boolean {
    return other instanceof BoundCredentials && this.#credentials._equals(other.#credentials);
  }
}
