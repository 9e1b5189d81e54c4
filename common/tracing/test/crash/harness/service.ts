import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { onTestFinished } from "vitest";
import { nodeEnvironment } from "../../harness/node-environment.ts";

/** How a process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A service that crashes on request, in a process of its own. */
export interface CrashingService {
  /** The status of a call; the text names what is to happen in it. */
  ask(text: string): Promise<number>;
  stop(): void;
  readonly ended: Promise<Ended>;
}

export interface ServiceSettings {
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
}

const program = fileURLToPath(new URL("../fixtures/crashing-service.ts", import.meta.url));

/** Resolves when it serves. */
export async function startService({
  env,
  args = [],
  execArgv = [],
}: ServiceSettings): Promise<CrashingService> {
  const child = spawn(process.execPath, [...execArgv, program, ...args], {
    env: { ...nodeEnvironment, ...env },
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let [stdout, stderr] = ["", ""];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const found = /port (\d+)/.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error(`the service has ended instead of serving: ${stderr}`)));
  });
  const client = new ProbeServiceClient(`127.0.0.1:${port}`, credentials.createInsecure());
  void ended.then(() => client.close());
  return {
    ask: (text) =>
      new Promise((resolve) =>
        client.unary({ text, count: 0 }, (error: ServiceError | null) => resolve(error?.code ?? 0)),
      ),
    stop: () => void child.kill("SIGTERM"),
    ended,
  };
}
