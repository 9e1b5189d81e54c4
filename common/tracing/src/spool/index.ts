export { Courier, type Delivery } from "./courier.ts";
export { Spool, type SpoolOptions } from "./spool.ts";
export type { SpoolStats } from "./spool-counters.ts";
