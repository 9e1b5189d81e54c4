import type { OverviewView } from "../../api/wire.ts";
import { formatDuration } from "../../render/format.ts";
import { percent, shortCount } from "../parts/figures.ts";
import { linkTo } from "../shell/go.tsx";
import { colorOf } from "../state/colors.ts";
import { route } from "../state/route.ts";
import { type Placed, placeNodes } from "./layout.ts";
import { routeBetween } from "./path.ts";

type Node = OverviewView["nodes"][number];
type Edge = OverviewView["edges"][number];

const BOX = { width: 212, height: 78 };
const COLUMN = 330;
const ROW = 150;
/** Room for lines that go around boxes. */
const MARGIN = { x: 24, y: 130 };
const LONGEST_NAME = 24;

/** The services as boxes, and the calls between them as lines: thicker with more calls, red with failures. */
export function ServiceMap({ overview: { nodes, edges } }: { readonly overview: OverviewView }) {
  const placed = placeNodes(nodes, edges, COLUMN, ROW);
  const byName = new Map(placed.map((place) => [place.node.name, place]));
  const width = Math.max(...placed.map(({ x }) => x)) + BOX.width + 2 * MARGIN.x;
  const height = Math.max(...placed.map(({ y }) => y)) + BOX.height + 2 * MARGIN.y;
  const most = Math.max(...edges.map(({ count }) => count), 1);
  return (
    <div class="map">
      <svg
        width={width}
        height={height}
        viewBox={`${-MARGIN.x} ${-MARGIN.y} ${width} ${height}`}
        role="img"
        aria-label="Service map"
      >
        <ArrowHead />
        {edges.map((edge) => (
          <Call
            key={`${edge.from} ${edge.to}`}
            edge={edge}
            from={byName.get(edge.from)}
            to={byName.get(edge.to)}
            most={most}
          />
        ))}
        {placed.map((place) => (
          <Box key={place.node.name} place={place} />
        ))}
      </svg>
    </div>
  );
}

function ArrowHead() {
  return (
    <defs>
      <marker
        id="arrow"
        viewBox="0 0 8 8"
        refX="6"
        refY="4"
        markerWidth="10"
        markerHeight="10"
        markerUnits="userSpaceOnUse"
        orient="auto"
      >
        <path d="M0 0L8 4L0 8z" class="arrow" />
      </marker>
    </defs>
  );
}

function Box({ place: { node, x, y } }: { readonly place: Placed<Node> }) {
  const { name, outside, search, count, received, failedShare, p50, p95 } = node;
  return (
    <g transform={`translate(${x} ${y})`}>
      <a
        class={`map-node ${outside ? "outside" : colorOf(name)}`}
        {...linkTo({ view: "traces", search: withSearch(search) })}
      >
        <title>{`${name}: ${shortCount(count)} requests, drawn from ${received} spans`}</title>
        <rect width={BOX.width} height={BOX.height} rx="10" class="box" />
        <rect width="4" height={BOX.height - 24} x="0" y="12" rx="2" class="stripe" />
        <text x="18" y="27" class="map-name">
          {name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name}
        </text>
        <text x="18" y="47">
          {shortCount(count)} {outside ? "calls" : "requests"} ·{" "}
          <tspan class={failedShare > 0 ? "bad" : ""}>{percent(failedShare)} failed</tspan>
        </text>
        <text x="18" y="65" class="faint">
          p50 {formatDuration(p50)} · p95 {formatDuration(p95)}
        </text>
      </a>
    </g>
  );
}

interface CallProps {
  readonly edge: Edge;
  readonly from: Placed<Node> | undefined;
  readonly to: Placed<Node> | undefined;
  /** Calls on the busiest line. */
  readonly most: number;
}

function Call({ edge, from, to, most }: CallProps) {
  if (!from || !to) return null;
  const { count, failedShare, p50, p95, p99 } = edge;
  const { path, middle } = routeBetween(from, to, BOX, COLUMN);
  const thickness = 1.2 + 2.6 * (Math.log1p(count) / Math.log1p(most));
  const search = withSearch(to.node.search);
  return (
    <a class={`map-edge ${failedShare > 0 ? "failing" : ""}`} {...linkTo({ view: "traces", search })}>
      <title>{`${edge.from} → ${edge.to}: ${shortCount(count)} ${count === 1 ? "call" : "calls"}, ${percent(failedShare)} failed, p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, p99 ${formatDuration(p99)}`}</title>
      <path d={path} stroke-width={thickness} marker-end="url(#arrow)" />
      <text x={middle.x} y={middle.y - 8}>
        {shortCount(count)}
        {failedShare > 0 && <tspan class="bad"> · {percent(failedShare)}</tspan>}
      </text>
      <text x={middle.x} y={middle.y + 17} class="faint">
        p95 {formatDuration(p95)}
      </text>
    </a>
  );
}

/** The traces on the map that have such a span, whatever other spans they were searched for by. */
function withSearch(more: string): string {
  return [route.value.search, more].filter(Boolean).join(" & ");
}
