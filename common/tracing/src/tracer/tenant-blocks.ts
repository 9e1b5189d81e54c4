import type { Context } from "@opentelemetry/api";
import { type TenantRule, tenantOf } from "../propagation/index.ts";
import type { AttributeBlock } from "../spans/index.ts";

const TENANT_ID = "tenant.id";
/** A client that may name its tenant may name many: begin anew rather than grow. */
const MOST_TENANTS = 1_000;

/** What every span of a tenant's trace says, encoded once; undefined where a context names no tenant. */
export type TenantBlockOf = (context: Context) => AttributeBlock | undefined;

export function createTenantBlocks(
  { key, clean }: TenantRule,
  toBlock: (attributes: Record<string, string>) => AttributeBlock,
): TenantBlockOf {
  const known = new Map<string, AttributeBlock>();
  return (context) => {
    const tenant = tenantOf(context, key);
    if (tenant === undefined) return undefined;
    let block = known.get(tenant);
    if (block === undefined) {
      block = toBlock({ [TENANT_ID]: clean(tenant) });
      if (known.size >= MOST_TENANTS) known.clear();
      known.set(tenant, block);
    }
    return block;
  };
}
