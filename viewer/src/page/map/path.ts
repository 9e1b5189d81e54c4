/** A box on the drawing. */
export interface Corner {
  readonly x: number;
  readonly y: number;
}

/** A line between two boxes, and the middle of it, where what it says can stand. */
export interface Route {
  readonly path: string;
  readonly middle: Corner;
}

const BOW = 62;
const ARROW = 3;

/**
 * The way from one box to another: straight to the next column, above the columns between to a later one, and below back
 * to an earlier one or itself.
 */
export function routeBetween(
  from: Corner,
  to: Corner,
  box: { width: number; height: number },
  columnWidth: number,
): Route {
  const columns = Math.round((to.x - from.x) / columnWidth);
  if (columns === 1) return straight(from, to, box);
  const side = columns > 1 ? -1 : 1;
  const edge = side < 0 ? 0 : box.height;
  const start = { x: from.x + box.width * (columns > 1 ? 0.7 : 0.3), y: from.y + edge };
  const end = { x: to.x + box.width * (columns > 1 ? 0.3 : 0.7), y: to.y + edge + side * ARROW };
  const outside = side < 0 ? Math.min(start.y, end.y) : Math.max(start.y, end.y);
  const bow = outside + side * BOW * Math.max(1, Math.abs(columns) - 1);
  return {
    path: `M${start.x} ${start.y}C${start.x} ${bow} ${end.x} ${bow} ${end.x} ${end.y}`,
    middle: { x: (start.x + end.x) / 2, y: (start.y + end.y + 6 * bow) / 8 },
  };
}

function straight(from: Corner, to: Corner, box: { width: number; height: number }): Route {
  const start = { x: from.x + box.width, y: from.y + box.height / 2 };
  const end = { x: to.x - ARROW, y: to.y + box.height / 2 };
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  return {
    path: `M${start.x} ${start.y}C${middle.x} ${start.y} ${middle.x} ${end.y} ${end.x} ${end.y}`,
    middle,
  };
}
