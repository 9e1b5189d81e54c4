import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Systems give ports above these to whoever asks for any port, also to each outgoing connection: one of those that is free
 * now may be taken before it is listened on.
 */
const FIRST = 20_000;
const PER_WORKER = 500;
const WORKERS = 20;

/** Different ports of 127.0.0.1 that nobody listens on, of a range from which only this test worker takes any. */
export async function freePorts(count: number): Promise<number[]> {
  const first = FIRST + (Number(process.env.VITEST_POOL_ID ?? 0) % WORKERS) * PER_WORKER;
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = first + randomInt(PER_WORKER);
    if (!(await isTaken(port))) ports.add(port);
  }
  return [...ports];
}

/** Whether somebody listens on the port. */
export async function isTaken(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const taken = await once(server, "listening").then(
    () => false,
    () => true,
  );
  if (!taken) await once(server.close(), "close");
  return taken;
}
