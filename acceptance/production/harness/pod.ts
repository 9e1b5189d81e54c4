import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServiceProcess, startService } from "@tracekeep/service/testing";
import { mainOf, type ServiceName } from "../../harness/stack.ts";

/** One instance of a service: a process with a name, an address and a spool of its own. */
export class Pod {
  readonly service: ServiceName;
  readonly name: string;
  readonly host: string;
  readonly process: ServiceProcess;
  readonly #spool: string;
  #ended: Promise<number | null> | undefined;

  /** Use `startPod`. */
  constructor(service: ServiceName, name: string, host: string, process: ServiceProcess, spool: string) {
    this.service = service;
    this.name = name;
    this.host = host;
    this.process = process;
    this.#spool = spool;
  }

  /** Whether it has not been told to stop: from then on no name leads to it. */
  get ready(): boolean {
    return this.#ended === undefined;
  }

  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null> {
    this.#ended ??= this.process.stop("SIGTERM").finally(() => rm(this.#spool, { recursive: true }));
    return this.#ended;
  }
}

/** Starts a pod and waits until it is ready. */
export async function startPod(
  service: ServiceName,
  name: string,
  host: string,
  environment: Readonly<Record<string, string>>,
): Promise<Pod> {
  const spool = await mkdtemp(join(tmpdir(), `tracekeep-${name}-`));
  const settings = { ...environment, HOST: host, TRACE_SPOOL_DIR: spool };
  const process = await startService(mainOf(service), settings);
  await process.line("ready");
  return new Pod(service, name, host, process, spool);
}
