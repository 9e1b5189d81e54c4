import { computed, effect, signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { Empty } from "../parts/marks.tsx";
import { VirtualRows } from "../parts/virtual-rows.tsx";
import { SearchBar } from "../shell/search-bar.tsx";
import { stepKeys, useKeys } from "../state/keys.ts";
import { isComplete, totals, traces } from "../state/live.ts";
import { go, query, route, type Sort } from "../state/route.ts";
import { inOrder } from "./order.ts";
import { TraceRow } from "./trace-row.tsx";

const ROW_HEIGHT = 52;

const shown = computed(() => inOrder(traces.value.values(), route.value.sort));
const longest = computed(() => shown.value.reduce((most, { nanos }) => Math.max(most, nanos), 1));
/** The trace that keys act on. */
const selectedId = signal("");
// Who comes back from a trace finds the list where it was left.
effect(() => {
  if (route.value.view === "trace") selectedId.value = route.value.traceId;
});

/** The live list of the traces that fit the search. */
export function TraceList() {
  const list = shown.value;
  const selected = list.findIndex(({ traceId }) => traceId === selectedId.value);
  const isFilled = useRef(false);
  isFilled.current ||= isComplete.value;
  const select = (index: number) => {
    selectedId.value = list[Math.min(list.length - 1, Math.max(0, index))]?.traceId ?? "";
  };
  useKeys({
    ...stepKeys((by) => select(selected + by)),
    Enter: () => selectedId.value && go({ view: "trace", traceId: selectedId.value }),
    Escape: () => {
      selectedId.value = "";
    },
  });
  return (
    <section class="traces">
      <SearchBar />
      <ListHead count={list.length} />
      {list.length === 0 ? (
        <NothingThere />
      ) : (
        <VirtualRows
          class="trace-rows"
          label="Traces"
          count={list.length}
          rowHeight={ROW_HEIGHT}
          // Before the list is filled its rows are not in their places yet.
          inSight={{ id: selectedId.value, index: isFilled.current ? selected : -1 }}
          row={(index) => {
            const trace = list[index];
            return (
              trace && (
                <TraceRow
                  key={trace.traceId}
                  trace={trace}
                  longest={longest.value}
                  selected={index === selected}
                />
              )
            );
          }}
        />
      )}
    </section>
  );
}

function ListHead({ count }: { readonly count: number }) {
  return (
    <div class="list-head">
      <span>
        {count.toLocaleString("en")} {count === 1 ? "trace" : "traces"}
      </span>
      <select
        aria-label="Order"
        value={route.value.sort}
        onChange={({ currentTarget }) => go({ sort: currentTarget.value as Sort }, { replace: true })}
      >
        <option value="failed">Failed first</option>
        <option value="newest">Newest first</option>
        <option value="slowest">Slowest first</option>
      </select>
    </div>
  );
}

function NothingThere() {
  if (!isComplete.value) return <Empty title="Looking …" />;
  if (query.value && totals.value.traces > 0) return <Empty title="No trace fits" />;
  return (
    <Empty title="Waiting for traces">
      <p>Start a service with</p>
      <pre>SENTRY_DSN=http://dev@{window.location.host}/1 TRACE_SAMPLE_RATE=1</pre>
      <p>and what it does appears here.</p>
    </Empty>
  );
}
