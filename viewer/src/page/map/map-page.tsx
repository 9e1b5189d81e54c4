import { OverviewPage } from "../shell/overview-page.tsx";
import { ServiceMap } from "./service-map.tsx";

/** Who calls whom, drawn from the traces that fit the search. */
export function MapPage() {
  return (
    <OverviewPage
      nothing="No calls yet"
      show={(overview) => (overview.nodes.length > 0 ? <ServiceMap overview={overview} /> : undefined)}
    />
  );
}
