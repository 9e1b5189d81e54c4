import type { TraceView } from "../../api/wire.ts";
import { formatDuration } from "../../render/format.ts";
import { percent } from "../parts/figures.ts";
import { Service } from "../parts/marks.tsx";
import { colorOf } from "../state/colors.ts";

interface WaitedForProps {
  readonly trace: TraceView;
  readonly onlyCritical: boolean;
  readonly setOnlyCritical: (only: boolean) => void;
}

const MOST_SHOWN = 8;

/** Which services the trace waited for: the critical path, by service. */
export function WaitedFor({ trace, onlyCritical, setOnlyCritical }: WaitedForProps) {
  const shares = sharesOf(trace);
  const total = shares.reduce((sum, { nanos }) => sum + nanos, 0);
  if (total === 0) return null;
  return (
    <div class="waited-for">
      <div class="share-bar" aria-hidden="true">
        {shares.map(({ service, nanos }) => (
          <i key={service} class={colorOf(service)} style={{ flexGrow: String(nanos / total) }} />
        ))}
      </div>
      <p class="line facts">
        <span>Waited for</span>
        {shares.slice(0, MOST_SHOWN).map(({ service, nanos }) => (
          <span key={service}>
            <Service name={service} /> {formatDuration(nanos)} ({percent(nanos / total)})
          </span>
        ))}
        <span class="grow" />
        <label class="check" title="c">
          <input
            type="checkbox"
            checked={onlyCritical}
            onChange={({ currentTarget }) => {
              setOnlyCritical(currentTarget.checked);
              currentTarget.blur();
            }}
          />
          Critical path only
        </label>
      </p>
    </div>
  );
}

function sharesOf({ spans, services }: TraceView): { service: string; nanos: number }[] {
  const nanos = new Map<number, number>();
  for (const { service, critical = [] } of spans) {
    for (const [from, to] of critical) nanos.set(service, (nanos.get(service) ?? 0) + to - from);
  }
  return Array.from(nanos, ([index, sum]) => ({ service: services[index] ?? "", nanos: sum })).sort(
    (a, b) => b.nanos - a.nanos,
  );
}
