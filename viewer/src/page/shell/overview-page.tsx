import type { ComponentChildren } from "preact";
import type { OverviewView } from "../../api/wire.ts";
import { Empty } from "../parts/marks.tsx";
import { traces } from "../state/live.ts";
import { useLoaded } from "../state/load.ts";
import { query } from "../state/route.ts";
import { SearchBar } from "./search-bar.tsx";

interface OverviewPageProps {
  /** Said where there is nothing to show yet. */
  readonly nothing: string;
  /** What is shown of the traces that fit the search; undefined for nothing. */
  readonly show: (overview: OverviewView) => ComponentChildren | undefined;
}

/** A page about all traces that fit the search, which is drawn again as they come. */
export function OverviewPage({ nothing, show }: OverviewPageProps) {
  const { value, fault } = useLoaded<OverviewView>(
    `/data/overview?q=${encodeURIComponent(query.value)}`,
    traces.value,
  );
  return (
    <section class="overview">
      <SearchBar />
      {fault && <p class="fault">{fault}</p>}
      {(value && show(value)) ?? <Empty title={value ? nothing : "Looking …"} />}
    </section>
  );
}
