import { expect, test } from "vitest";
import { startChild } from "./child.ts";
import type { SinkReady, SinkReply } from "./sink.ts";

const SINK = new URL("./sink.ts", import.meta.url);

test("what came since the last question is counted, with and without spans, however much it is", async () => {
  await using sink = await startChild<SinkReady>(SINK, { name: "intake" });
  const { url } = sink.ready;
  const post = (path: string, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(`${url}${path}`, { method: "POST", body });
  const spans = '{}\n{"type":"span","item_count":3}\n{}\n';
  await post("/api/1/envelope/", spans);
  await post("/elsewhere", "12345");
  const large = new Uint8Array(40 * 1_024 * 1_024);
  for (let count = 0; count < 2; count++) await post("/elsewhere", large);
  expect(await sink.ask<SinkReply>("take")).toEqual({
    bytes: spans.length + 5 + 2 * large.length,
    spanBytes: spans.length,
    spans: 3,
  });
  expect(await sink.ask<SinkReply>("take")).toEqual({ bytes: 0, spanBytes: 0, spans: 0 });
});
