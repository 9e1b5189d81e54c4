import { expect, test } from "vitest";
import { FlightRecord } from "./flight-record.ts";
import { indexBytes } from "./index-bytes.ts";

test("the memory of the index is known from the record's size", () => {
  const bytes = 67_108_864;
  const before = process.memoryUsage().arrayBuffers;
  const record = new FlightRecord({ bytes, now: () => 0, pushedOut() {} });
  const allocated = process.memoryUsage().arrayBuffers - before;
  expect(record.stats().bytes).toBe(bytes);
  // Other buffers of the process may be freed meanwhile.
  expect(Math.abs(allocated - bytes - indexBytes(bytes))).toBeLessThan(indexBytes(bytes) / 20);
});
