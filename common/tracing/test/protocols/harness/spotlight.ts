import { fork } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import { nodeEnvironment } from "../../harness/node-environment.ts";
import type { ArrivedTransaction } from "./read-transaction.ts";

/** What an item of an envelope is in Spotlight's stream: its header and its payload. */
type Item = readonly [{ readonly type: string }, unknown];

export interface ArrivedIssue {
  readonly contexts: { readonly trace: { readonly trace_id: string; readonly span_id: string } };
  readonly exception: { readonly values: readonly { readonly type: string; readonly value: string }[] };
}

/** A running Spotlight. */
export interface Spotlight {
  /** For `SENTRY_DSN`. */
  readonly dsn: string;
  /** Envelopes' items as its own page gets them; resolves when the condition holds. */
  follow(until: (items: readonly Item[]) => boolean): Promise<readonly Item[]>;
  /** What it tells coding assistants by one of its tools. */
  ask(tool: string, settings: object): Promise<string>;
  /** Ends it; resolves to the connections that it tried to open. */
  stop(): Promise<readonly string[]>;
}

export async function startSpotlight(): Promise<Spotlight> {
  const child = fork(new URL("../fixtures/spotlight.ts", import.meta.url), {
    env: nodeEnvironment,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onTestFinished(() => void child.kill());
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  return {
    dsn: `http://spotlight@127.0.0.1:${port}/0`,
    async follow(until) {
      const items: Item[] = [];
      const abort = new AbortController();
      const timer = setTimeout(() => abort.abort(), 10_000);
      for await (const envelope of readEvents(`${url}/stream`, abort.signal)) {
        items.push(...((envelope as [unknown, Item[]])[1] ?? []));
        if (until(items)) break;
      }
      clearTimeout(timer);
      abort.abort();
      return items;
    },
    async ask(tool, settings) {
      const response = await fetch(`${url}/mcp`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json, text/event-stream" },
        body: JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "tools/call",
          params: { name: tool, arguments: settings },
        }),
      });
      const [, data = ""] = /^data: (.*)$/m.exec(await response.text()) ?? [];
      return JSON.parse(data)
        .result.content.map(({ text }: { text: string }) => text)
        .join("\n");
    },
    async stop() {
      child.send("stop");
      const [connections] = (await once(child, "message")) as [string[]];
      await once(child, "exit");
      return connections;
    },
  };
}

export function transactionsIn(items: readonly Item[]): ArrivedTransaction[] {
  return items.flatMap(([{ type }, payload]) =>
    type === "transaction" ? [payload as ArrivedTransaction] : [],
  );
}

export function issuesIn(items: readonly Item[]): ArrivedIssue[] {
  return items.flatMap(([{ type }, payload]) => (type === "event" ? [payload as ArrivedIssue] : []));
}

/** The data of server-sent events, parsed. Ends when the signal fires. */
async function* readEvents(url: string, signal: AbortSignal): AsyncGenerator<unknown> {
  const { body } = await fetch(url, { signal });
  let rest = "";
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (rest + text).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const [, data] = /^data: ?(.*)$/m.exec(event) ?? [];
      if (data !== undefined && data !== "") yield JSON.parse(data);
    }
  }
}
