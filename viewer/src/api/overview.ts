import type { Distribution } from "../analysis/distribution.ts";
import { Methods } from "../analysis/methods.ts";
import type { Marks } from "../analysis/outside.ts";
import { ServiceMap } from "../analysis/service-map.ts";
import { quoted } from "../search/quoted.ts";
import type { Trace } from "../trace/trace.ts";
import { nameOf } from "./summary.ts";
import type { FiguresView, OverviewView } from "./wire.ts";

// From 0.1 ms to 55 minutes, in steps of the square root of two.
const SCALE = { fromNanos: 1e5, perOctave: 2 };
const BUCKETS = 50;

/** The service map and the methods' figures, drawn from traces as they are added. */
export class Overview {
  readonly #map = new ServiceMap();
  readonly #methods = new Methods();
  #traces = 0;

  add(trace: Trace): void {
    this.#traces++;
    this.#map.add(trace);
    this.#methods.add(trace);
  }

  view(): OverviewView {
    return {
      traces: this.#traces,
      nodes: this.#map.nodes().map(({ name, outside, marks, requests }) => ({
        name: nameOf(name),
        outside,
        search: searchFor(name, marks),
        ...figuresOf(requests),
      })),
      edges: this.#map.edges().map(({ from, to, calls }) => ({
        from: nameOf(from),
        to: nameOf(to),
        ...figuresOf(calls),
      })),
      methods: this.#methods.all().map(({ service, name, requests }) => ({
        service: nameOf(service),
        name: nameOf(name),
        search: `service:${quoted(service)} method:${quoted(name)}`,
        ...figuresOf(requests),
        histogram: requests.histogram(SCALE.fromNanos, SCALE.perOctave, BUCKETS),
      })),
      scale: SCALE,
    };
  }
}

function searchFor(service: string, marks: Marks | undefined): string {
  if (!marks) return `service:${quoted(service)}`;
  return Object.entries(marks)
    .map(([key, value]) => `${key}=${quoted(value)}`)
    .join(" ");
}

function figuresOf(distribution: Distribution): FiguresView {
  const [p50 = 0, p95 = 0, p99 = 0] = distribution.percentiles([0.5, 0.95, 0.99]);
  const { received, count, failedShare } = distribution;
  return { received, count, failedShare, p50, p95, p99 };
}
