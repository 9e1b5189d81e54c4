import { expect, test } from "vitest";
import type { RequestFault } from "../transport/request-fault.ts";
import type { Outgoing } from "./outgoing.ts";
import { Stubborn, type Verdict } from "./stubborn.ts";

const item = (): Outgoing => ({ bytes: new Uint8Array(1), kept: false, spans: 1 });
const failed = (fault: RequestFault = "connection_reset") =>
  ({ fault, outcome: { kind: "retry", reason: "" } }) as const;
const ACCEPTED = { kind: "accepted" } as const;
const times = (count: number, action: () => Verdict): Verdict[] => Array.from({ length: count }, action);

test("a batch that fails for the third time is halved, if others were accepted since it failed last", () => {
  const stubborn = new Stubborn();
  const batch = [item(), item()];
  expect(times(2, () => stubborn.judge(batch, failed()))).toEqual(["again", "again"]);
  stubborn.answered(ACCEPTED);
  expect(stubborn.judge(batch, failed())).toBe("halve");
  expect(stubborn.judge(batch, failed())).toBe("again");
  stubborn.answered({ kind: "refused", reason: "" });
  expect(stubborn.judge(batch, failed())).toBe("again");
});

test("a single item is given up after ten tries between which others were accepted", () => {
  const stubborn = new Stubborn();
  const only = [item()];
  const verdicts = times(11, () => {
    stubborn.answered(ACCEPTED);
    return stubborn.judge(only, failed());
  });
  expect(verdicts).toEqual(["again", "again", ...Array(8).fill("halve"), "give up"]);
});

test("an outage counts against nothing, however long it is", () => {
  const stubborn = new Stubborn();
  const [batch, only] = [[item(), item()], [item()]];
  expect(new Set(times(100, () => stubborn.judge(batch, failed())))).toEqual(new Set(["again"]));
  expect(new Set(times(100, () => stubborn.judge(only, failed())))).toEqual(new Set(["behind"]));
});

test("after three failures in a row single items are tried, one behind the other, until one is accepted", () => {
  const stubborn = new Stubborn();
  const batch = [item(), item()];
  expect(times(3, () => stubborn.judge(batch, failed("502")))).toEqual(Array(3).fill("again"));
  expect(stubborn.isProbing).toBe(true);
  expect(stubborn.judge([item()], failed("502"))).toBe("behind");
  stubborn.answered(ACCEPTED);
  expect(stubborn.isProbing).toBe(false);
});

test.each(["connection_refused", "dns", "tls", "proxy", "429"] as const)(
  "%s is no request's own fault",
  (fault) => {
    const stubborn = new Stubborn();
    const verdicts = times(20, () => {
      stubborn.answered(ACCEPTED);
      return stubborn.judge([item()], failed(fault));
    });
    expect(new Set(verdicts)).toEqual(new Set(["again"]));
  },
);

test("a server that says when to come again means no request of its own", () => {
  const stubborn = new Stubborn();
  const outcome = { kind: "retry", reason: "status 503", waitMs: 2_000 } as const;
  for (let i = 0; i < 20; i++) expect(stubborn.judge([item()], { fault: "503", outcome })).toBe("again");
  expect(stubborn.isProbing).toBe(false);
});
