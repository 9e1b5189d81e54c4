import { type ChannelCredentials, type ClientOptions, Channel as GrpcChannel } from "@grpc/grpc-js";
import { parseAddress } from "./addresses.ts";
import { adoptCredentials } from "./adopted-credentials.ts";
import { hedgedMethods } from "./hedging.ts";
import type { GrpcInstrumentation } from "./instrumentation.ts";
import { traceChannel } from "./traced-channel.ts";

/** The user's own options, with a channel that traces its calls. */
export function createClientOptions(
  instrumentation: GrpcInstrumentation,
): (own?: ClientOptions) => ClientOptions {
  return (given) => {
    const own = given ?? {};
    const { channelOverride, channelFactoryOverride } = own;
    if (channelOverride) {
      const isHedged = hedgedMethods(optionsOf(channelOverride));
      return { ...own, channelOverride: traceChannel(channelOverride, instrumentation, { isHedged }) };
    }
    const makeChannel =
      channelFactoryOverride ??
      ((address: string, credentials: ChannelCredentials, options: ClientOptions) =>
        new GrpcChannel(address, adoptCredentials(credentials), options));
    return {
      ...own,
      channelFactoryOverride: (address, credentials, options) =>
        traceChannel(makeChannel(address, credentials, options), instrumentation, {
          target: address,
          hasCallCredentials: hasCallCredentials(credentials),
          dial: (peer) => makeChannel(peer, credentials, toInstance(address, options)),
          isHedged: hedgedMethods(options),
        }),
    };
  };
}

/** A channel factory of the user's may need no credentials at all. */
function hasCallCredentials(credentials: unknown): boolean {
  return (
    (credentials as { readonly callCredentials?: object } | null | undefined)?.callCredentials !== undefined
  );
}

/** What a channel was made with. It is not part of its type; where it is not to be seen, nothing is known. */
function optionsOf(channel: object): ClientOptions {
  const { internalChannel } = channel as { readonly internalChannel?: { getOptions?(): ClientOptions } };
  return internalChannel?.getOptions?.() ?? {};
}

/** Options for a connection to one of the instances behind a name: it goes on answering to the name. */
function toInstance(target: string, options: ClientOptions): ClientOptions {
  const named = parseAddress(target);
  if (named === undefined) return options;
  const { host, port } = named;
  return {
    "grpc.default_authority": port === undefined ? host : `${host}:${port}`,
    "grpc.ssl_target_name_override": host,
    ...options,
  };
}
