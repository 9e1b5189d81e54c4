import { expect, test } from "vitest";
import { FlightRecord } from "./flight-record.ts";

test("the record tells what memory its index takes beside it", () => {
  const bytes = 67_108_864;
  const before = process.memoryUsage().arrayBuffers;
  const record = new FlightRecord({ bytes, now: () => 0, pushedOut() {} });
  const allocated = process.memoryUsage().arrayBuffers - before;
  const { bytes: bound, indexBytes } = record.stats();
  expect(bound).toBe(bytes);
  // Other buffers of the process may be freed meanwhile.
  expect(Math.abs(allocated - bytes - indexBytes)).toBeLessThan(indexBytes / 20);
});
