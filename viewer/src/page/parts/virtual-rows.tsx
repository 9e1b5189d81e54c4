import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { type RowInSight, useRowInSight } from "./row-in-sight.ts";

interface VirtualRowsProps {
  readonly count: number;
  /** Pixels; all rows are of the same height. */
  readonly rowHeight: number;
  readonly inSight: RowInSight;
  readonly label: string;
  readonly class: string;
  readonly row: (index: number) => ComponentChildren;
}

const SPARE_ROWS = 12;

/** A scrolled list of which only the rows in sight are in the document, however many there are. */
export function VirtualRows({ count, rowHeight, inSight, label, row, ...props }: VirtualRowsProps) {
  const box = useRef<HTMLElement>(null);
  const [{ top, height }, setSight] = useState({ top: 0, height: 800 });

  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const look = () => setSight({ top: element.scrollTop, height: element.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    look();
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, []);

  useRowInSight(box, inSight, rowHeight);

  const first = Math.max(0, Math.floor(top / rowHeight) - SPARE_ROWS);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + SPARE_ROWS);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
  return (
    <section ref={box} class={`rows ${props.class}`} aria-label={label}>
      <div class="rows-space" style={{ height: `${count * rowHeight}px` }}>
        <div class="rows-shown" style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {rows.map(row)}
        </div>
      </div>
    </section>
  );
}
