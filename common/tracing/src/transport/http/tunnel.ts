import type { Socket } from "node:net";
import { type HttpProxy, proxyFault } from "../proxy.ts";
import { requestHead } from "./request-head.ts";
import { ResponseReader } from "./response-reader.ts";
import { untilSettled } from "./until-settled.ts";

/**
 * Asks a proxy for a connection to a server (RFC 9110, 9.3.6).
 *
 * @param socket that is connected to the proxy.
 * @param authority of the server: its host, a colon and its port.
 */
export function openTunnel(
  socket: Socket,
  authority: string,
  { headers }: HttpProxy,
  signal: AbortSignal,
): Promise<void> {
  const head = requestHead({
    method: "CONNECT",
    target: authority,
    headers: { host: authority, ...headers },
  });
  const reader = new ResponseReader(0, true);
  return untilSettled(socket, signal, (resolve, reject) => {
    const read = (bytes: Buffer): void => {
      try {
        if (!reader.push(bytes)) return;
        const { status } = reader.response;
        if (status >= 200 && status < 300) resolve();
        else reject(proxyFault(status));
      } catch (error) {
        reject(error as Error);
      }
    };
    socket.on("data", read);
    socket.write(`${head}\r\n`, "latin1");
    return () => void socket.off("data", read);
  });
}
