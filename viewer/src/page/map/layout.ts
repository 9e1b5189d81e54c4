/** A node of a drawing, in its place. */
export interface Placed<N> {
  readonly node: N;
  readonly x: number;
  readonly y: number;
}

/** What is between two nodes. */
export interface Between {
  readonly from: string;
  readonly to: string;
}

const SWEEPS = 4;

/**
 * Places the nodes of a graph in columns, callers left of what they call; within a column near those that they are
 * connected with. Circles are cut where a walk from the callers closes them.
 */
export function placeNodes<N extends { readonly name: string }>(
  nodes: readonly N[],
  edges: readonly Between[],
  columnWidth: number,
  rowHeight: number,
): Placed<N>[] {
  const ranks = ranksOf(
    nodes.map(({ name }) => name),
    edges,
  );
  const columns = [...Map.groupBy(nodes, ({ name }) => ranks.get(name) ?? 0)].sort(([a], [b]) => a - b);
  const rows = new Map<string, number>();
  for (const [, column] of columns) for (const [row, { name }] of column.entries()) rows.set(name, row);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const [, column] of columns) {
      column.sort((a, b) => middle(a.name, edges, rows) - middle(b.name, edges, rows));
      for (const [row, { name }] of column.entries()) rows.set(name, row);
    }
  }
  const most = Math.max(...columns.map(([, column]) => column.length), 1);
  return columns.flatMap(([rank, column]) =>
    column.map((node, row) => ({
      node,
      x: rank * columnWidth,
      y: (row + (most - column.length) / 2) * rowHeight,
    })),
  );
}

/** Mean row of a node's neighbours; its own where it has none. */
function middle(name: string, edges: readonly Between[], rows: ReadonlyMap<string, number>): number {
  const near = edges.flatMap(({ from, to }) => (from === name ? to : to === name ? from : []));
  if (near.length === 0) return rows.get(name) ?? 0;
  return near.reduce((sum, other) => sum + (rows.get(other) ?? 0), 0) / near.length;
}

/** The longest way from a node that nobody calls. */
function ranksOf(names: readonly string[], edges: readonly Between[]): ReadonlyMap<string, number> {
  const below = Map.groupBy(edges, ({ from }) => from);
  const called = new Set(edges.map(({ to }) => to));
  const order: string[] = [];
  const entered = new Set<string>();
  const backwards = new Set<Between>();
  const open = new Set<string>();
  const walk = (start: string) => {
    const stack = [{ name: start, left: [...(below.get(start) ?? [])] }];
    entered.add(start);
    open.add(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = top.left.shift();
      if (!edge) {
        open.delete(top.name);
        order.unshift(top.name);
        stack.pop();
      } else if (open.has(edge.to)) backwards.add(edge);
      else if (!entered.has(edge.to)) {
        entered.add(edge.to);
        open.add(edge.to);
        stack.push({ name: edge.to, left: [...(below.get(edge.to) ?? [])] });
      }
    }
  };
  for (const name of [...names].sort((a, b) => Number(called.has(a)) - Number(called.has(b)))) {
    if (!entered.has(name)) walk(name);
  }
  const ranks = new Map<string, number>();
  for (const name of order) {
    const rank = ranks.get(name) ?? 0;
    ranks.set(name, rank);
    for (const edge of below.get(name) ?? []) {
      if (!backwards.has(edge)) ranks.set(edge.to, Math.max(ranks.get(edge.to) ?? 0, rank + 1));
    }
  }
  return ranks;
}
