import { AsyncLocalStorage } from "node:async_hooks";

/**
 * Runs a function without what a request has put into any AsyncLocalStorage: connections, streams and intervals
 * that it begins live on, and would hold on to the request that was the first to need them.
 */
export const outsideOfRequests = AsyncLocalStorage.snapshot();
