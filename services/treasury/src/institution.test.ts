import { expect, test } from "vitest";
import { askInstitution } from "./institution.ts";

test("a cancelled question to a slow institution ends at once, with the reason", async () => {
  const controller = new AbortController();
  const answer = askInstitution({ code: "SLOWBANK", behaviour: "slow" }, controller.signal);
  const reason = new Error("nobody waits");
  controller.abort(reason);
  await expect(answer).rejects.toBe(reason);
});
