import { once } from "node:events";
import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { BatchedPort } from "./batched-port.ts";

test("what is put in within one turn is one message, and bytes are handed over", async () => {
  const { port1, port2 } = new MessageChannel();
  const port = new BatchedPort<{ readonly text: string; readonly bytes?: Uint8Array }>(port1);
  const bytes = new Uint8Array([1, 2, 3]);
  port.post({ text: "a" });
  port.post({ text: "b", bytes }, bytes);
  const [first] = await once(port2, "message");
  expect(first).toEqual([{ text: "a" }, { text: "b", bytes: new Uint8Array([1, 2, 3]) }]);
  expect(bytes).toHaveLength(0);
  port.post({ text: "c" });
  const [second] = await once(port2, "message");
  expect(second).toEqual([{ text: "c" }]);
  port1.close();
});
