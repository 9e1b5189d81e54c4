import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { throwIfInterrupted } from "../demo/interruption.ts";
import { SERVICE_NAMES, type ServiceName, type Settings } from "../demo/settings.ts";
import { dim, say } from "../demo/text.ts";
import { type Environment, portsOf, serviceEnvironment } from "./environment.ts";
import { watchFolder } from "./folder-watch.ts";
import { DATA, holdsSources, ROOT, serviceFolder, servicesMadeOf } from "./folders.ts";
import { label, readableLine } from "./log-line.ts";
import { ReloadingProcess } from "./reloading-process.ts";

/** A file is written in several steps, and several files are saved at once. */
const SETTLE_MS = 100;
const HEALTH_MS = 200;

export interface DeskOptions {
  readonly settings: Settings;
  /** Where traces go, asked at each start of a service. */
  readonly sendsTo: () => Environment;
  readonly traceUrl: (traceId: string) => string;
}

/** The four services, each started anew when what it is made of changes. */
export class Desk {
  readonly gateway: string;
  readonly #processes: ReadonlyMap<ServiceName, ReloadingProcess>;
  readonly #timers = new Map<ServiceName, NodeJS.Timeout>();
  #endWatch = (): void => {};

  constructor(options: DeskOptions) {
    this.gateway = `http://127.0.0.1:${portsOf(options.settings).gateway}`;
    this.#processes = new Map(SERVICE_NAMES.map((name) => [name, processOf(name, options)]));
  }

  start(): void {
    mkdirSync(DATA, { recursive: true });
    this.#endWatch = watchFolder(ROOT, { enter: holdsSources, changed: (file) => this.#changed(file) });
    for (const service of this.#processes.values()) service.start();
  }

  /** Resolves when the gateway says that it and all services behind it work. */
  async healthy(): Promise<void> {
    const isHealthy = async (): Promise<boolean> => {
      const answer = await fetch(`${this.gateway}/healthz`).then(
        (response) => response.text(),
        () => "",
      );
      return answer.includes('"status":"healthy"');
    };
    while (!(await isHealthy())) {
      throwIfInterrupted();
      await delay(HEALTH_MS);
    }
  }

  /** Ends the services, each before those that it calls. */
  async stop(): Promise<void> {
    this.#endWatch();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const name of SERVICE_NAMES.toReversed()) await this.#processes.get(name)?.stop();
  }

  #changed(file: string): void {
    for (const name of servicesMadeOf(file)) {
      clearTimeout(this.#timers.get(name));
      const reload = (): void => {
        say(`${label(name)} ${dim(`${file} has changed: started anew`)}`);
        void this.#processes.get(name)?.reload();
      };
      this.#timers.set(name, setTimeout(reload, SETTLE_MS));
    }
  }
}

function processOf(name: ServiceName, { settings, sendsTo, traceUrl }: DeskOptions): ReloadingProcess {
  return new ReloadingProcess({
    file: join(serviceFolder(name), "src", "main.ts"),
    folder: serviceFolder(name),
    environment: () => serviceEnvironment(name, settings, sendsTo(), process.env),
    onLine: (line) => say(readableLine(name, line, traceUrl)),
    onEnd: (how) => say(`${label(name)} has ended (${how}): it is started anew when a file of it changes`),
  });
}
