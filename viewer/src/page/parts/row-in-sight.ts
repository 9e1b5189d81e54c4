import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

/** The row of a scrolled list that has to be in sight. */
export interface RowInSight {
  /** What stands in it. */
  readonly id: string;
  /** -1: it is not in the list. */
  readonly index: number;
}

/** Scrolls to a row once it is another one, and stays with it as it moves, until the user scrolls away from it. */
export function useRowInSight(
  box: RefObject<HTMLElement | null>,
  { id, index }: RowInSight,
  rowHeight: number,
): void {
  const last = useRef<RowInSight>({ id: "", index: -1 });
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { id, index };
    const element = box.current;
    if (!element || index < 0) return;
    const end = element.scrollTop + element.clientHeight;
    const wasInSight = (before.index + 1) * rowHeight > element.scrollTop && before.index * rowHeight < end;
    if (id === before.id && before.index >= 0 && !wasInSight) return;
    const start = index * rowHeight;
    if (start < element.scrollTop) element.scrollTop = start - rowHeight;
    else if (start + rowHeight > end) element.scrollTop = start + 2 * rowHeight - element.clientHeight;
  }, [id, index, rowHeight]);
}
