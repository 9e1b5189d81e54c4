import fc from "fast-check";
import { expect, test } from "vitest";
import { Outbox } from "./outbox.ts";
import type { Outgoing } from "./outgoing.ts";

const item: fc.Arbitrary<Outgoing> = fc.record({
  bytes: fc.integer({ min: 1, max: 30 }).map((length) => new Uint8Array(length)),
  kept: fc.boolean(),
  spans: fc.integer({ min: 1, max: 3 }),
});
/** What becomes of a request: accepted, tried again, halved, put apart, or left where it is. */
const ending = fc.constantFrom("accepted", "again", "split", "apart", "stay");
const action = fc.oneof(
  item.map((added) => ({ added })),
  fc.constantFrom("take" as const, "takeOne" as const).map((send) => ({ send })),
  ending.map((ends) => ({ ends })),
);
const limits = { queueBytes: 100, batchBytes: 25, mostItems: 4 };

test("whatever becomes of requests, each span waits, is under way, has arrived or counts as dropped", () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      let added = 0;
      let arrived = 0;
      let dropped = 0;
      const outbox = new Outbox<Outgoing>(limits, (_, spans) => {
        dropped += spans;
      });
      const requests: { readonly request: Promise<boolean>; readonly items: Outgoing[] }[] = [];
      const end = (how: string) => {
        const first = requests.shift();
        if (first === undefined) return;
        const { request, items } = first;
        outbox.end(request);
        const spans = items.reduce((sum, each) => sum + each.spans, 0);
        if (how === "apart" && outbox.setApart(items)) return;
        if (how === "stay" && outbox.stayApart(items)) return;
        if (how === "again" || how === "apart" || how === "stay") outbox.queue.putBack(items);
        else if (how === "accepted" || !outbox.split(items)) arrived += spans;
      };
      for (const step of actions) {
        if ("added" in step) {
          added += step.added.spans;
          outbox.queue.add(step.added);
        } else if ("ends" in step) end(step.ends);
        else {
          const items = outbox[step.send]();
          expect(items.length).toBeLessThanOrEqual(step.send === "takeOne" ? 1 : limits.mostItems);
          expect(items.length > 0 || outbox.isIdle).toBe(true);
          const request = Promise.resolve(true);
          if (items.length > 0) {
            outbox.begin(request, items);
            requests.push({ request, items });
          }
        }
        expect(outbox.spans + arrived + dropped).toBe(added);
        const { queuedSpans, queuedBytes, inFlightSpans, inFlightBytes } = outbox.stats();
        expect(queuedSpans).toBe(outbox.spans);
        expect(queuedBytes).toBeLessThanOrEqual(limits.queueBytes);
        expect(outbox.isIdle).toBe(queuedSpans === inFlightSpans);
        expect(inFlightBytes === 0).toBe(outbox.spans === outbox.queue.spans);
      }
      const left = outbox.drain().reduce((sum, { spans }) => sum + spans, 0);
      expect(left + arrived + dropped).toBe(added);
    }),
  );
});

test("what goes apart waits for its turn, also when it has failed again; the rest goes on meanwhile", () => {
  const items = [1, 2, 3, 4, 5].map((length) => ({ bytes: new Uint8Array(length), kept: false, spans: 1 }));
  const [a, b, c, d, e] = items as [Outgoing, Outgoing, Outgoing, Outgoing, Outgoing];
  const outbox = new Outbox<Outgoing>({ ...limits, mostItems: 1 }, () => {});
  for (const waiting of [c, d, e]) outbox.queue.add(waiting);
  expect(outbox.setApart([a, b])).toBe(true);
  expect(outbox.take()).toEqual([c]);
  const group = outbox.take();
  expect(group).toEqual([a]);
  expect(outbox.stayApart([a])).toBe(false);
  expect(outbox.stayApart(group)).toBe(true);
  expect([outbox.take(), outbox.take(), outbox.take(), outbox.take()]).toEqual([[d], [b], [e], [a]]);
});

test("halves of what was too large go before what has waited in the queue", () => {
  const [first, second, waiting] = [1, 2, 3].map((length) => ({
    bytes: new Uint8Array(length),
    kept: false,
    spans: 1,
  })) as [Outgoing, Outgoing, Outgoing];
  const outbox = new Outbox<Outgoing>(limits, () => {});
  outbox.queue.add(waiting);
  expect(outbox.isUrgent).toBe(false);
  expect(outbox.split([first, second])).toBe(true);
  expect(outbox.isUrgent).toBe(true);
  expect([outbox.take(), outbox.take(), outbox.take(), outbox.take()]).toEqual([
    [first],
    [second],
    [waiting],
    [],
  ]);
  expect(outbox.split([first])).toBe(false);
});
