import type { Trace } from "../trace/trace.ts";
import { nameOf } from "./summary.ts";
import type { Facets } from "./wire.ts";

const MOST = 200;

/** The services and environments seen so far, in bounds. */
export class FacetList {
  readonly #services = new Set<string>();
  readonly #environments = new Set<string>();

  add({ services, environment }: Trace): void {
    for (const service of services) addTo(this.#services, service);
    if (environment !== undefined) addTo(this.#environments, environment);
  }

  view(): Facets {
    return { services: [...this.#services], environments: [...this.#environments] };
  }
}

function addTo(names: Set<string>, name: string): void {
  if (names.size < MOST) names.add(nameOf(name));
}
