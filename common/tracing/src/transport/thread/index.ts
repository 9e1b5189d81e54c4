import { Senders } from "./senders.ts";
import { SendingThread } from "./sending-thread.ts";

/**
 * Where the thread's program is beside what is built of this file. Sources have none: to strip them of their types
 * in another thread costs 50 MB and 200 ms.
 */
function builtProgram(): URL | undefined {
  // Undefined in a bundle of CommonJS.
  const here: string | undefined = import.meta.url;
  if (here === undefined || here.endsWith(".ts")) return undefined;
  return new URL("./transport/thread/tracekeep-thread.js", here);
}

/**
 * For all of the process. V8 compiles Node's streams for the kinds of them that it meets: with those of HTTP/1 and
 * gzip among them, every call of gRPC takes longer.
 */
export const { create: createSender, compress } = new Senders(new SendingThread(builtProgram()));
