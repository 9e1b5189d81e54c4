import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "@tracekeep/service/testing";
import { openAccount } from "../../harness/stack.ts";

/** Opens accounts one after the other, every fourth at a bank that is down; the result ends that. */
export function keepBusy(gateway: ServiceProcess): () => Promise<void> {
  let busy = true;
  const run = async () => {
    for (let count = 0; busy; count++) {
      await openAccount(gateway, count % 4 === 0 ? { institution: "DOWNBANK" } : {});
      await delay(50);
    }
  };
  const done = run();
  return () => {
    busy = false;
    return done;
  };
}
