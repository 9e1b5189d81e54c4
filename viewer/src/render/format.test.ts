import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axisTicks, formatDuration, formatTick } from "./format.ts";
import { displayWidth, pad, printable, truncate } from "./text.ts";

describe("formatDuration", () => {
  it.each([
    [0n, "0 ns"],
    [999n, "999 ns"],
    [1_500n, "1.50 µs"],
    [450_000n, "450 µs"],
    [999_960n, "1.00 ms"],
    [84_200_000n, "84.2 ms"],
    [1_500_000_000n, "1.50 s"],
    [59_960_000_000n, "60.0 s"],
    [125_000_000_000n, "2 min 5 s"],
    [179_999_999_999n, "3 min 0 s"],
    [-1_500_000n, "-1.50 ms"],
  ])("%d ns is %s", (nanos, text) => {
    expect(formatDuration(nanos)).toBe(text);
  });
});

describe("axisTicks", () => {
  it("are round, few and within the length", () => {
    expect(axisTicks(84_200_000, 5).map(formatTick)).toEqual(["0", "20 ms", "40 ms", "60 ms", "80 ms"]);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e15, noNaN: true }),
        fc.integer({ min: 1, max: 20 }),
        (length, most) => {
          const ticks = axisTicks(length, most);
          expect(ticks.length).toBeLessThanOrEqual(most);
          expect(ticks[0]).toBe(0);
          for (const tick of ticks) expect(tick).toBeLessThanOrEqual(length);
        },
      ),
    );
  });
});

describe("text", () => {
  it("is cut and filled to exact columns, also where characters take two", () => {
    expect(truncate("account", 5)).toBe("acco…");
    expect(truncate("account", 5, "end")).toBe("…ount");
    expect(displayWidth("口座🎉")).toBe(6);
    expect(pad(truncate("口座開設", 6), 6)).toBe("口座… ");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(30), (text, width) => {
        expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });

  it("cannot command the terminal", () => {
    expect(printable("a\u001b[2Jb\r\nc\u202ed\u0007")).toBe("a�[2Jb c�d�");
  });
});
