import type { ClientOptions } from "@grpc/grpc-js";

/** Whether further attempts of a method are made without a failure before. */
export type IsHedged = (path: string) => boolean;

interface MethodConfig {
  readonly name?: readonly { readonly service?: string; readonly method?: string }[];
  readonly hedgingPolicy?: unknown;
}

const nothing: IsHedged = () => false;

/**
 * The methods that a client's service config hedges (gRFC A6): grpc-js counts the copies of a call as it counts
 * retries. A config that comes by DNS is not seen here.
 */
export function hedgedMethods({ "grpc.service_config": text }: ClientOptions): IsHedged {
  const configs = readMethodConfigs(text);
  if (!configs.some(({ hedgingPolicy }) => hedgingPolicy !== undefined)) return nothing;
  return (path) => {
    const [, service = "", method = ""] = path.split("/");
    // The most specific name counts.
    for (const [ofService, ofMethod] of [
      [service, method],
      [service, ""],
      ["", ""],
    ]) {
      const config = configs.find(({ name = [] }) =>
        name.some((one) => (one.service ?? "") === ofService && (one.method ?? "") === ofMethod),
      );
      if (config !== undefined) return config.hedgingPolicy !== undefined;
    }
    return false;
  };
}

/** grpc-js itself says what is wrong with a config that cannot be read. */
function readMethodConfigs(text: unknown): MethodConfig[] {
  try {
    const { methodConfig } = JSON.parse(String(text ?? "{}")) as { methodConfig?: MethodConfig[] };
    return Array.isArray(methodConfig) ? methodConfig : [];
  } catch {
    return [];
  }
}
