import type { ChildProcess } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { INTAKE_CHANNEL, type IntakeMessage } from "../../../common/tracing/test/harness/intake-channel.ts";

/** Takes what one source (a process's stream, an intake) has written. */
export type Sink = (source: string, bytes: Buffer) => void;

/**
 * Hands all that leaves processes to the sink: what every child process of this one writes, and what every intake in
 * this one receives, decompressed. Returns what ends it.
 */
export function transcribe(sink: Sink): () => void {
  const onChild = (message: unknown): void => {
    const { process: child } = message as { process: ChildProcess };
    // The streams are not there yet; nothing can come through them before this tick has ended.
    process.nextTick(() => {
      for (const name of ["stdout", "stderr"] as const)
        child[name]?.on("data", (data: Buffer | string) => sink(`${child.pid}-${name}`, Buffer.from(data)));
    });
  };
  const onIntake = (message: unknown): void => {
    const { port, path, body } = message as IntakeMessage;
    sink(
      `intake-${port}`,
      Buffer.concat([Buffer.from(`\n${path}\n`), withoutOwnKey(path, body), Buffer.from("\n")]),
    );
  };
  subscribe("child_process", onChild);
  subscribe(INTAKE_CHANNEL, onIntake);
  return () => {
    unsubscribe("child_process", onChild);
    unsubscribe(INTAKE_CHANNEL, onIntake);
  };
}

/** An envelope's header names the key that it is sent with, by Sentry's protocol, as the header for authentication does. */
function withoutOwnKey(path: string, body: Buffer): Buffer {
  if (!path.includes("/envelope/")) return body;
  const text = body.toString("latin1");
  const end = text.indexOf("\n");
  return Buffer.from(text.slice(0, end).replace(/"public_key":"[^"]*"/, "") + text.slice(end), "latin1");
}
