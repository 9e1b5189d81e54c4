import { expect, test } from "vitest";
import type { Kind } from "../harness/calls.ts";
import { useMeshPair } from "./harness/mesh-pair.ts";
import { BROKEN, call } from "./harness/plan.ts";
import { expectWhole, relayedFrom, rootCauses } from "./harness/whole-trace.ts";

const pair = useMeshPair({ gateway: {}, payroll: {}, ledger: {}, treasury: {}, rates: {} });
const STREAMS: Kind[] = ["serverStream", "clientStream", "bidi"];

test.each<[Kind, number, number]>([
  ["serverStream", 1, 1_000],
  ["clientStream", 1_000, 0],
  ["bidi", 1_000, 1_000],
])("a %s that fails at its thousandth message", async (kind, up, down) => {
  const stream = call("treasury", { steps: [call("rates")], messages: 1_000, ...BROKEN }, { kind });
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask({ steps: [call("rates"), call("payroll", { steps: [call("ledger"), stream] })] }),
  );
  expect(kept.spans).toHaveLength(11);
  expect(rootCauses(kept)).toEqual([expect.stringContaining("treasury server")]);
  expect(relayedFrom(kept)).toHaveLength(4);
  expect(kept.errors.map(({ tags }) => tags.service)).toEqual(["treasury"]);
  const failed = kept.spans.find(({ attributes }) => attributes["tracekeep.root_cause"] === true);
  expect(failed?.attributes).toMatchObject({
    "tracekeep.rpc.messages_received": up,
    "tracekeep.rpc.messages_sent": down,
  });
});

test.each<Kind>(STREAMS)("a %s that fails at the entry, for a caller who is not traced", async (kind) => {
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask({ steps: [call("ledger", { steps: [call("rates")] })], ...BROKEN }, { kind }),
  );
  expect(kept.spans).toHaveLength(5);
  expect(rootCauses(kept)).toEqual([expect.stringContaining("gateway server")]);
});

test.each<Kind>(STREAMS)("a %s that succeeded before its sibling failed", async (kind) => {
  const stream = call("ledger", { steps: [call("rates")], messages: 1_000 }, { kind });
  const kept = await expectWhole(pair, (mesh) =>
    mesh.ask({ steps: [call("payroll", { steps: [stream, call("treasury", BROKEN)] })] }),
  );
  expect(kept.spans).toHaveLength(9);
});
