import type { TraceStatus } from "../../trace/status.ts";
import { colorOf } from "../state/colors.ts";

const STATUS_TITLES: Readonly<Record<TraceStatus, string>> = {
  failed: "failed",
  errors: "calls failed, and were coped with",
  ok: "no failure",
};

/** The sign of how a trace ended. */
export function StatusMark({ status }: { readonly status: TraceStatus }) {
  return (
    <span
      class={`status-mark ${status}`}
      role="img"
      title={STATUS_TITLES[status]}
      aria-label={STATUS_TITLES[status]}
    >
      {status === "failed" ? "✗" : status === "errors" ? "!" : "✓"}
    </span>
  );
}

/** A service's name with its colour. */
export function Service({ name }: { readonly name: string }) {
  return (
    <span class={`service ${colorOf(name)}`}>
      <i />
      <bdi>{name}</bdi>
    </span>
  );
}

/** A place where nothing is to be seen, and why. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: preact.ComponentChildren;
}) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {children}
    </div>
  );
}
