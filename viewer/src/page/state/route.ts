import { computed, signal } from "@preact/signals";
import { quoted } from "../../search/quoted.ts";

export type Sort = "failed" | "newest" | "slowest";

/** Where in the page the user is: all of it stands in the address, so that every view can be linked to. */
export interface Route {
  readonly view: "traces" | "trace" | "map" | "methods";
  /** Of the trace view; else empty. */
  readonly traceId: string;
  /** The selected span; empty: none. */
  readonly spanId: string;
  readonly search: string;
  readonly environment: string;
  readonly onlyFailed: boolean;
  readonly sort: Sort;
}

const SORTS: readonly Sort[] = ["failed", "newest", "slowest"];

function readRoute(): Route {
  const { pathname, search } = window.location;
  const parameters = new URLSearchParams(search);
  const [, traceId = ""] = /^\/trace\/([0-9a-f]{32})$/.exec(pathname) ?? [];
  const named = (["map", "methods"] as const).find((view) => pathname === `/${view}`);
  return {
    view: traceId ? "trace" : (named ?? "traces"),
    traceId,
    spanId: parameters.get("span") ?? "",
    search: parameters.get("q") ?? "",
    environment: parameters.get("env") ?? "",
    onlyFailed: parameters.get("status") === "failed",
    sort: SORTS.find((sort) => sort === parameters.get("sort")) ?? "failed",
  };
}

export const route = signal(readRoute());

window.addEventListener("popstate", () => {
  route.value = readRoute();
});

/** The address of a route that differs from the current one as given. A span is selected in its own trace only. */
export function addressOf(change: Partial<Route>): string {
  const current = route.peek();
  const staysInTrace = change.view === undefined && change.traceId === undefined;
  const next = { ...current, ...(staysInTrace ? {} : { spanId: "" }), ...change };
  const parameters = new URLSearchParams();
  if (next.search) parameters.set("q", next.search);
  if (next.environment) parameters.set("env", next.environment);
  if (next.onlyFailed) parameters.set("status", "failed");
  if (next.sort !== "failed") parameters.set("sort", next.sort);
  if (next.view === "trace" && next.spanId) parameters.set("span", next.spanId);
  const paths = { traces: "/", trace: `/trace/${next.traceId}`, map: "/map", methods: "/methods" };
  const query = parameters.toString();
  return paths[next.view] + (query && `?${query}`);
}

/** Goes there; `replace` leaves no step in the browser's history. */
export function go(change: Partial<Route>, { replace = false } = {}): void {
  const address = addressOf(change);
  if (replace) window.history.replaceState(null, "", address);
  else window.history.pushState(null, "", address);
  route.value = readRoute();
}

/** The search that the server is asked: what was typed, and what was chosen. */
export const query = computed(() => {
  const { search, environment, onlyFailed } = route.value;
  // First, so that a quote that is still open takes in none of them.
  const parts = [environment && `env:${quoted(environment)}`, onlyFailed ? "status:failed" : "", search];
  return parts.filter(Boolean).join(" ");
});
