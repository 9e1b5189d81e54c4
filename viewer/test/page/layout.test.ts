import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeNodes } from "../../src/page/map/layout.ts";
import { routeBetween } from "../../src/page/map/path.ts";

/** Edges written as `ab`, from a to b. */
function place(names: string, ...edges: string[]) {
  const nodes = [...names].map((name) => ({ name }));
  const between = edges.map(([from = "", to = ""]) => ({ from, to }));
  return Object.fromEntries(placeNodes(nodes, between, 100, 10).map(({ node, x, y }) => [node.name, [x, y]]));
}

describe("placeNodes", () => {
  it("puts what is called right of its callers, by the longest way", () => {
    expect(place("abcd", "ab", "bc", "ac", "cd")).toEqual({
      a: [0, 0],
      b: [100, 0],
      c: [200, 0],
      d: [300, 0],
    });
  });

  it("shares a column among those that are equally far, without crossing lines", () => {
    const { b, c, d, e } = place("abcde", "ab", "ac", "be", "cd");
    expect(b?.[0]).toBe(c?.[0]);
    expect(Math.sign((b?.[1] ?? 0) - (c?.[1] ?? 0))).toBe(Math.sign((e?.[1] ?? 0) - (d?.[1] ?? 0)));
  });

  it("finds each node a place of its own, whatever calls whom, in circles too", () => {
    const name = fc.constantFrom(..."abcdef");
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(name, name).map((pair) => pair.join("")),
          { maxLength: 20 },
        ),
        (edges) => {
          const places = place("abcdef", ...edges);
          expect(new Set(Object.values(places).map(String)).size).toBe(6);
          // Without a circle, every line leads to the right.
          const isForward = edges.every(([from = "", to = ""]) => from < to);
          if (!isForward) return;
          for (const [from = "", to = ""] of edges)
            expect(places[to]?.[0]).toBeGreaterThan(places[from]?.[0] ?? 0);
        },
      ),
    );
  });
});

describe("routeBetween", () => {
  it("leads over the columns between, and below on the way back", () => {
    const box = { width: 50, height: 20 };
    const middleY = (x: number) => routeBetween({ x: 200, y: 0 }, { x, y: 0 }, box, 100).middle.y;
    expect(middleY(300)).toBe(10);
    expect(middleY(400)).toBeLessThan(0);
    expect(middleY(500)).toBeLessThan(middleY(400));
    expect(middleY(0)).toBeGreaterThan(20);
    expect(middleY(200)).toBeGreaterThan(20);
  });
});
