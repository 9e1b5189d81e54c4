import { gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { gzipped } from "./gzip.ts";

test("whatever is compressed, and however many at once, each is a whole gzip of its own", async () => {
  const texts = fc.oneof(fc.string({ maxLength: 200 }), fc.constantFrom("", "The same again. ", "again"));
  const bodies = fc.tuple(texts, fc.constantFrom(1, 1, 7, 20_000)).map(([text, times]) => text.repeat(times));
  await fc.assert(
    fc.asyncProperty(fc.array(bodies, { maxLength: 6 }), async (list) => {
      const results = await Promise.all(list.map((body) => gzipped(Buffer.from(body))));
      expect(results.map((bytes) => gunzipSync(bytes).toString())).toEqual(list);
    }),
  );
});

test("bodies of incompressible megabytes come back, too", async () => {
  const random = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 2_654_435_761) >>> (i % 24)));
  expect(gunzipSync(await gzipped(random)).equals(random)).toBe(true);
});

test("it compresses as well as Node's own gzip, and the same body to the same bytes", async () => {
  const body = Buffer.from(JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ name: `span ${i}`, i }))));
  const [first, second] = await Promise.all([gzipped(body), gzipped(body)]);
  expect(first).toEqual(second);
  expect(first.length).toBeLessThan(gzipSync(body).length + 16);
});

test("what cannot be compressed is refused, and spoils nothing that comes after", async () => {
  const results = [gzipped(5 as never), gzipped(Buffer.from("after"))] as const;
  await expect(results[0]).rejects.toThrow(TypeError);
  expect(gunzipSync(await results[1]).toString()).toBe("after");
});
