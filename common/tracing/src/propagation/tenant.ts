import { type Baggage, type Context, propagation } from "@opentelemetry/api";
import type { HeaderReader } from "./carrier.ts";
import { type LazyBaggage, RequestContext } from "./request-context.ts";

/** Who a request is for: 1 to 64 characters, no commas (values of a header are joined by them) or control characters. */
const TENANT = /^[^\p{C},]{1,64}$/u;

/** What names the tenant of a request. See `TRACE_TENANT_KEY`. */
export interface TenantRule {
  /** A header (metadata key), or else a member of the baggage. */
  readonly key: string;
  /** Sanitises a value. */
  readonly clean: (value: string) => string;
}

/**
 * The baggage of a request, with its tenant in it, so that the services below know it, too. The header
 * counts first; the member that came along counts if the caller is trusted, and is dropped if not.
 */
export function withTenant(
  incoming: LazyBaggage | undefined,
  read: HeaderReader,
  { key, clean }: TenantRule,
  isTrusted: boolean,
): LazyBaggage | undefined {
  const tenant = single(read(key));
  if (tenant !== undefined) return new TenantBaggage(incoming, key, clean(tenant));
  return isTrusted || incoming === undefined ? incoming : new TenantBaggage(incoming, key, undefined);
}

/** The tenant that a context's baggage names, as it was written; undefined for none. */
export function tenantOf(context: Context, key: string): string | undefined {
  const value =
    context instanceof RequestContext
      ? context.member(key)
      : propagation.getBaggage(context)?.getEntry(key)?.value;
  return value !== undefined && TENANT.test(value) ? value : undefined;
}

/** Of several different values none can be believed. */
function single(values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined;
  const [value = "", ...others] = new Set(
    values.flatMap((each) => each.split(",")).map((each) => each.trim()),
  );
  return others.length === 0 && TENANT.test(value) ? value : undefined;
}

class TenantBaggage implements LazyBaggage {
  readonly #incoming: LazyBaggage | undefined;
  readonly #key: string;
  readonly #tenant: string | undefined;
  #user: Baggage | undefined;

  /** @param tenant undefined: none is known, and what the baggage says is not believed. */
  constructor(incoming: LazyBaggage | undefined, key: string, tenant: string | undefined) {
    this.#incoming = incoming;
    this.#key = key;
    this.#tenant = tenant;
  }

  get user(): Baggage {
    this.#user ??= this.#join();
    return this.#user;
  }

  member(key: string): string | undefined {
    return key === this.#key ? this.#tenant : this.#incoming?.member(key);
  }

  #join(): Baggage {
    const others = (this.#incoming?.user ?? propagation.createBaggage()).removeEntry(this.#key);
    return this.#tenant === undefined ? others : others.setEntry(this.#key, { value: this.#tenant });
  }
}
