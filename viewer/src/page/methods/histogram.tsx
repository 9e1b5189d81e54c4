import type { OverviewView } from "../../api/wire.ts";
import { formatTick } from "../../render/format.ts";
import { percent, shortCount } from "../parts/figures.ts";
import { colorOf } from "../state/colors.ts";

type Method = OverviewView["methods"][number];

const HEIGHT = 34;
const WIDTH = 320;

/** The logarithmic axis that all histograms share. */
export interface LatencyScale {
  readonly fromNanos: number;
  readonly perOctave: number;
  readonly buckets: number;
}

/** The scale, as far as any of the methods needs it. */
export function scaleOf({ methods, scale }: OverviewView): LatencyScale {
  const lasts = methods.map(({ histogram }) => histogram.findLastIndex(({ ok, failed }) => ok + failed > 0));
  return { ...scale, buckets: Math.max(...lasts, 8) + 2 };
}

function placeOf(nanos: number, { fromNanos, perOctave, buckets }: LatencyScale): number {
  const place = Math.log2(Math.max(nanos, fromNanos) / fromNanos) * perOctave;
  return Math.min(WIDTH, (place / buckets) * WIDTH);
}

/** The powers of ten on the scale. */
export function LatencyAxis({ scale }: { readonly scale: LatencyScale }) {
  const end = scale.fromNanos * 2 ** (scale.buckets / scale.perOctave);
  const ticks = Array.from({ length: 8 }, (_, index) => scale.fromNanos * 10 ** (index + 1));
  return (
    <svg class="latency-axis" width={WIDTH} height="14" aria-hidden="true">
      {ticks
        .filter((tick) => tick < end * 0.9)
        .map((tick) => (
          <text key={tick} x={placeOf(tick, scale)} y="11">
            {formatTick(tick)}
          </text>
        ))}
    </svg>
  );
}

interface HistogramProps {
  readonly method: Method;
  readonly scale: LatencyScale;
}

/** How many requests took how long, those that failed in red at the foot. */
export function Histogram({ method: { histogram, service, p95 }, scale }: HistogramProps) {
  const most = Math.max(...histogram.map(({ ok, failed }) => ok + failed), 1);
  const width = WIDTH / scale.buckets;
  return (
    <svg
      class={`histogram ${colorOf(service)}`}
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label="Latency"
    >
      {histogram.slice(0, scale.buckets).map(({ ok, failed }, index) => {
        if (ok + failed === 0) return null;
        const heights = { ok: heightOf(ok, most), failed: heightOf(failed, most) };
        const from = scale.fromNanos * 2 ** (index / scale.perOctave);
        return (
          <g key={from} transform={`translate(${index * width} 0)`}>
            <title>{`from ${formatTick(from)}: ${shortCount(ok + failed)} requests, ${percent(failed / (ok + failed))} failed`}</title>
            <rect class="ok" width={width - 1} y={HEIGHT - heights.ok - heights.failed} height={heights.ok} />
            <rect class="failed" width={width - 1} y={HEIGHT - heights.failed} height={heights.failed} />
          </g>
        );
      })}
      <line class="p95" x1={placeOf(p95, scale)} x2={placeOf(p95, scale)} y1="0" y2={HEIGHT}>
        <title>p95</title>
      </line>
    </svg>
  );
}

/** What is there is to be seen, however little it is. */
function heightOf(weight: number, most: number): number {
  return weight === 0 ? 0 : Math.max(2, (weight / most) * (HEIGHT - 2));
}
