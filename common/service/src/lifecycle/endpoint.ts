/** Something that listens on the network, whatever its protocol. */
export interface Endpoint {
  /** Starts to listen; resolves to the address, `HOST:PORT`, with the port that was chosen. */
  listen(): Promise<string>;
  /** Takes no new request and resolves when the last running one has ended. */
  drain(): Promise<void>;
  /** Ends the running requests at once. */
  abort(): void;
}

/** Writes `HOST:PORT`, an IPv6 host in brackets. */
export function formatAddress(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
