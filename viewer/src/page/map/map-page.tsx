import type { OverviewView } from "../../api/wire.ts";
import { Empty } from "../parts/marks.tsx";
import { SearchBar } from "../shell/search-bar.tsx";
import { traces } from "../state/live.ts";
import { useLoaded } from "../state/load.ts";
import { query } from "../state/route.ts";
import { ServiceMap } from "./service-map.tsx";

/** Who calls whom, drawn from the traces that fit the search. */
export function MapPage() {
  const { value, fault } = useLoaded<OverviewView>(
    `/data/overview?q=${encodeURIComponent(query.value)}`,
    traces.value,
  );
  return (
    <section class="overview">
      <SearchBar />
      {fault && <p class="fault">{fault}</p>}
      {value && value.nodes.length > 0 ? (
        <ServiceMap overview={value} />
      ) : (
        <Empty title={value ? "No calls yet" : "Looking …"} />
      )}
    </section>
  );
}
