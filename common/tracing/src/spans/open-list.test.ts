import fc from "fast-check";
import { expect, test } from "vitest";
import { type Open, OpenList } from "./open-list.ts";

interface Member extends Open<Member> {
  readonly id: number;
}

function makeMember(id: number): Member {
  return { id, older: undefined, newer: undefined };
}

const idsOf = (list: OpenList<Member>): number[] => list.toArray().map(({ id }) => id);

test("it holds what a set of the same size would, in the same order", () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat(11)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 6 }), (all, limit) => {
      const members = Array.from({ length: 12 }, (_, id) => makeMember(id));
      const list = new OpenList<Member>(limit);
      const expected = new Set<number>();
      for (const [isAdded, id] of all) {
        const member = members[id] as Member;
        if (!isAdded) list.delete(member);
        else if (!expected.has(id)) list.add(member);
        if (!isAdded) expected.delete(id);
        else expected.add(id);
        if (expected.size > limit) expected.delete([...expected][0] as number);
        expect(idsOf(list)).toEqual([...expected]);
      }
    }),
  );
});

test("what leaves points at nothing any more, so that it holds nothing in memory", () => {
  const list = new OpenList<Member>(3);
  const members = [0, 1, 2, 3].map(makeMember);
  for (const member of members) list.add(member);
  list.delete(members[2] as Member);
  // The first was pushed out by the fourth.
  for (const gone of [0, 2]) expect(members[gone]).toEqual({ id: gone, older: undefined, newer: undefined });
  expect(idsOf(list)).toEqual([1, 3]);
});

test("whatever is done with a member may end others: all that were there are seen", () => {
  const list = new OpenList<Member>(10);
  for (const id of [1, 2, 3]) list.add(makeMember(id));
  const seen: number[] = [];
  const members = list.toArray();
  for (const member of members) {
    seen.push(member.id);
    for (const each of members) list.delete(each);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(idsOf(list)).toEqual([]);
});
