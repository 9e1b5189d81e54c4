import { once } from "node:events";
import { createServer } from "node:net";
import { holderOf } from "./port-holder.ts";

/** Rejects, with what to do, if a port of 127.0.0.1 cannot be listened on. Port 0 always can. */
export async function requireFree(port: number, use: string, otherwise: string): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
  } catch (error) {
    throw new Error(reasonOf(error, port, use, otherwise), { cause: error });
  } finally {
    server.close();
  }
}

function reasonOf(error: unknown, port: number, use: string, otherwise: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") {
    const holder = holderOf(port);
    const by = holder ? ` by process ${holder.pid} (${holder.command})` : "";
    return `port ${port}, for the ${use}, is in use${by}: end what listens there, or choose another port with ${otherwise}`;
  }
  if (code === "EACCES")
    return `port ${port}, for the ${use}, is not allowed to you: choose one above 1023 with ${otherwise}`;
  return `port ${port}, for the ${use}: ${message}`;
}
