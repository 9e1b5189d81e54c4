import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useKeys } from "../state/keys.ts";

export const isHelpOpen = signal(false);

const KEYS = [
  ["j  k", "next, previous trace or span"],
  ["Enter", "open the trace; fold or unfold the span"],
  ["Escape", "close, then back to the list"],
  ["/", "search"],
  ["e", "go to the span that failed first"],
  ["c", "show the critical path alone"],
  ["?", "this help"],
] as const;

const SEARCHES = [
  ["service:ledger method:Create*", "one span with both"],
  ["service:gateway & service:ledger", "a span of each"],
  ["status:failed", "or errors, ok, a code such as UNAVAILABLE or 503"],
  ["duration:>100ms", "or <, >=, <= with us, ms, s"],
  ["env:staging", "environment"],
  ["reason:error", "why it was kept; sampled"],
  ["account.currency=EUR", "an attribute"],
  ["id:4bf92f", "beginning of a trace's or a span's id"],
  ['"no money" -retry', "text anywhere; a minus excludes"],
] as const;

/** What keys do and how to search. */
export function Help() {
  const close = () => {
    isHelpOpen.value = false;
  };
  useKeys({ Escape: close, "?": close }, { isModal: true });
  const dialog = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    dialog.current?.focus();
    // What is inert cannot take it yet.
    return () => queueMicrotask(() => before instanceof HTMLElement && before.focus());
  }, []);
  return (
    <div class="overlay">
      <button type="button" class="overlay-ground" aria-label="Close the help" onClick={close} />
      <section
        ref={dialog}
        tabIndex={-1}
        class="dialog"
        role="dialog"
        aria-modal="true"
        aria-labelledby="help-title"
      >
        <h2 id="help-title">Keys</h2>
        <Terms terms={KEYS} />
        <h2>Search</h2>
        <Terms terms={SEARCHES} />
      </section>
    </div>
  );
}

function Terms({ terms }: { readonly terms: readonly (readonly [term: string, meaning: string])[] }) {
  return (
    <dl class="terms">
      {terms.map(([term, meaning]) => (
        <div key={term}>
          <dt>
            <kbd>{term}</kbd>
          </dt>
          <dd>{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
