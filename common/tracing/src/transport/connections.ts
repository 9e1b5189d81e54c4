import type { Agent } from "node:http";
import { HttpAgent, HttpsAgent } from "./node-http.ts";
import { createProxyAgent, findProxy, mayNeedProxy } from "./proxy.ts";
import type { Trust } from "./trust.ts";

/** The connections to one URL, direct or by the proxy that the environment names. */
export class Connections {
  readonly #target: URL;
  readonly #trust: Trust;
  #agent: Agent | undefined;
  #loading: Promise<Agent> | undefined;
  /** Breaks off connections to a proxy that are being made. */
  #making = new AbortController();

  constructor(target: URL, trust: Trust) {
    this.#target = target;
    this.#trust = trust;
    if (!mayNeedProxy()) this.#agent = this.#direct();
  }

  /** The agent for the next request; at once, but for the first one where there may be a proxy. */
  agent(): Agent | Promise<Agent> {
    if (this.#agent !== undefined) return this.#agent;
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** A request got no answer in time: a connection to a proxy may hang, which the request's own end does not close. */
  timedOut(): void {
    if (this.#agent === undefined || this.#isDirect) return;
    this.#agent.destroy();
    this.#agent = undefined;
    this.#making.abort();
    this.#making = new AbortController();
  }

  /** Closes connections that nobody uses: the next request makes a new one. */
  dropIdle(): void {
    const idle = Object.values(this.#agent?.freeSockets ?? {}).flat();
    for (const socket of idle) socket?.destroy();
  }

  /** Closes all; resolves when none is left. */
  async close(): Promise<void> {
    const agent = this.#agent;
    this.#making.abort();
    if (agent === undefined) return;
    const sockets = [agent.sockets, agent.freeSockets].flatMap((map) => Object.values(map).flat());
    const open = sockets.filter((socket) => socket?.destroyed === false);
    const gone = open.map((socket) => new Promise((resolve) => socket?.once("close", resolve)));
    agent.destroy();
    await Promise.all(gone);
  }

  get #isSecure(): boolean {
    return this.#target.protocol === "https:";
  }

  get #isDirect(): boolean {
    return this.#agent?.constructor === HttpAgent || this.#agent?.constructor === HttpsAgent;
  }

  #direct(): Agent {
    return this.#isSecure
      ? new HttpsAgent({ keepAlive: true, ...this.#trust })
      : new HttpAgent({ keepAlive: true });
  }

  async #load(): Promise<Agent> {
    const proxy = findProxy(this.#target.href);
    const { signal } = this.#making;
    const options = { secure: this.#isSecure, trust: this.#trust, signal };
    this.#agent = proxy === undefined ? this.#direct() : await createProxyAgent(proxy, options);
    return this.#agent;
  }
}
