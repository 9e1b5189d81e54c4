import { expect, it } from "vitest";
import { shortCount } from "../../src/page/parts/figures.ts";

it("counts just below a unit are one of the next", () => {
  expect([999_499, 999_500, 999_499_999, 1.2e9].map(shortCount)).toEqual(["999k", "1.00M", "999M", "1.2G"]);
});
