import { ChannelCredentials } from "@grpc/grpc-js";

type Connector = Parameters<ChannelCredentials["_createSecureConnector"]>;

/**
 * Credentials for our channel. Those of another copy of grpc-js in the program are as good as our own,
 * but its channels take only instances of their own class.
 */
export function adoptCredentials(credentials: ChannelCredentials): ChannelCredentials {
  return isForeign(credentials) ? new AdoptedCredentials(credentials) : credentials;
}

/** What are no credentials at all is for grpc-js to refuse, while the client is made. */
function isForeign(credentials: unknown): boolean {
  const { _isSecure } = (credentials ?? {}) as Partial<ChannelCredentials>;
  return !(credentials instanceof ChannelCredentials) && typeof _isSecure === "function";
}

class AdoptedCredentials extends ChannelCredentials {
  readonly #foreign: ChannelCredentials;

  constructor(foreign: ChannelCredentials) {
    super();
    this.#foreign = foreign;
  }

  override compose(callCredentials: Parameters<ChannelCredentials["compose"]>[0]): ChannelCredentials {
    return new AdoptedCredentials(this.#foreign.compose(callCredentials));
  }
  override _isSecure(): boolean {
    return this.#foreign._isSecure();
  }
  override _equals(other: ChannelCredentials): boolean {
    return other instanceof AdoptedCredentials && this.#foreign._equals(other.#foreign);
  }
  override _createSecureConnector(
    ...args: Connector
  ): ReturnType<ChannelCredentials["_createSecureConnector"]> {
    return this.#foreign._createSecureConnector(...args);
  }
}
