import { useState } from "preact/hooks";
import type { OverviewView } from "../../api/wire.ts";
import { formatDuration } from "../../render/format.ts";
import { percent, shortCount, withoutPackage } from "../parts/figures.ts";
import { Service } from "../parts/marks.tsx";
import { Go } from "../shell/go.tsx";
import { OverviewPage } from "../shell/overview-page.tsx";
import { Histogram, LatencyAxis, type LatencyScale, scaleOf } from "./histogram.tsx";

type Method = OverviewView["methods"][number];
type Column = "count" | "failedShare" | "p50" | "p95" | "p99";

const COLUMNS: readonly (readonly [column: Column, title: string])[] = [
  ["count", "Requests"],
  ["failedShare", "Failed"],
  ["p50", "p50"],
  ["p95", "p95"],
  ["p99", "p99"],
];
const MOST_SHOWN = 200;

/** What each method is asked for, how often it fails and how long it takes. */
export function MethodsPage() {
  return (
    <OverviewPage
      nothing="No requests yet"
      show={(overview) => (overview.methods.length > 0 ? <MethodTable overview={overview} /> : undefined)}
    />
  );
}

function MethodTable({ overview }: { readonly overview: OverviewView }) {
  const [column, setColumn] = useState<Column>("p95");
  const scale = scaleOf(overview);
  const sorted = overview.methods.toSorted((a, b) => b[column] - a[column]).slice(0, MOST_SHOWN);
  return (
    <div class="methods">
      <table>
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">Method</th>
            {COLUMNS.map(([key, title]) => (
              <th key={key} scope="col" class="number" aria-sort={key === column ? "descending" : "none"}>
                <button type="button" onClick={() => setColumn(key)}>
                  {title}
                </button>
              </th>
            ))}
            <th scope="col" aria-label="Latency">
              <LatencyAxis scale={scale} />
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((method) => (
            <MethodRow key={`${method.service} ${method.name}`} method={method} scale={scale} />
          ))}
        </tbody>
      </table>
      <p class="dim">
        Counts and percentiles are of all requests, as far as the sampled ones stand for them.
      </p>
    </div>
  );
}

function MethodRow({ method, scale }: { readonly method: Method; readonly scale: LatencyScale }) {
  return (
    <tr>
      <td>
        <Service name={method.service} />
      </td>
      <td class="method">
        <Go to={{ view: "traces", search: method.search }} class="method-link">
          <bdi>{withoutPackage(method.name)}</bdi>
        </Go>
      </td>
      <td class="number" title={`drawn from ${method.received} spans`}>
        {shortCount(method.count)}
      </td>
      <td class={`number ${method.failedShare > 0 ? "bad" : "dim"}`}>{percent(method.failedShare)}</td>
      <td class="number">{formatDuration(method.p50)}</td>
      <td class="number">{formatDuration(method.p95)}</td>
      <td class="number">{formatDuration(method.p99)}</td>
      <td>
        <Histogram method={method} scale={scale} />
      </td>
    </tr>
  );
}
