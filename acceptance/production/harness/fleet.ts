import { randomInt } from "node:crypto";
import type { ServiceName } from "../../harness/stack.ts";
import { productionEnvironment } from "./environment.ts";
import { type NameServer, startNameServer } from "./name-server.ts";
import { type Pod, startPod } from "./pod.ts";

const REPLICAS = 2;
/** Callees first. */
const SERVICES = ["treasury", "ledger", "payroll", "gateway"] as const;

export interface FleetSettings {
  readonly dsn: string;
  /** Where a service keeps its data; the gateway keeps none. */
  readonly databaseOf: (service: ServiceName) => Readonly<Record<string, string>>;
  /** In the place of what production has. */
  readonly instead: Readonly<Record<string, string>>;
  /** Hears of the pods that run, whenever one has come or gone. */
  readonly onChange: (pods: readonly Pod[]) => Promise<void>;
}

/** All services as in production: two pods of each, and names that lead to those that are ready. */
export class Fleet implements AsyncDisposable {
  /** Every pod that there has been. */
  readonly pods: Pod[] = [];
  readonly #settings: FleetSettings;
  /** Addresses of this machine that nobody else uses: pods have the same ports everywhere. */
  readonly #network = `127.${randomInt(1, 255)}`;
  #nameServer: NameServer | undefined;
  #turn = 0;
  #started = 0;

  /** Use `startFleet`. */
  constructor(settings: FleetSettings) {
    this.#settings = settings;
  }

  async start(): Promise<void> {
    const lookUp = (name: string) => this.#ready(name).map(({ host }) => host);
    this.#nameServer = await startNameServer(`${this.#network}.0.53`, lookUp);
    for (const service of SERVICES)
      await Promise.all(Array.from({ length: REPLICAS }, () => this.#add(service)));
  }

  /** Where the next request goes, as a load balancer has it: to the gateways that are ready, in turn. */
  nextGateway(): string {
    const ready = this.#ready("gateway");
    const pod = ready[this.#turn++ % ready.length];
    if (pod === undefined) throw new Error("no gateway is ready");
    return pod.process.address;
  }

  /**
   * Replaces every pod, one after another, each by a new one that is ready before; `before` is done just before SIGTERM.
   * Resolves to the exit codes.
   */
  async restart(before: () => Promise<void>): Promise<(number | null)[]> {
    const codes: (number | null)[] = [];
    const old = [...this.pods];
    await this.#add(old[0]?.service);
    for (const [index, pod] of old.entries()) {
      await before();
      const [code] = await Promise.all([this.#remove(pod), this.#add(old[index + 1]?.service)]);
      codes.push(code);
    }
    return codes;
  }

  /** Tells all pods at once to stop; resolves to their exit codes. */
  stop(): Promise<(number | null)[]> {
    return Promise.all(this.pods.filter(({ ready }) => ready).map((pod) => this.#remove(pod)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#nameServer?.[Symbol.asyncDispose]();
  }

  async #add(service: ServiceName | undefined): Promise<void> {
    if (service === undefined) return;
    const { dsn, databaseOf, instead } = this.#settings;
    const number = ++this.#started;
    const podName = `${service}-${number}`;
    const database = databaseOf(service);
    const secrets = { SENTRY_DSN: dsn, DATABASE_URL: database.DATABASE_URL ?? "" };
    const nameServer = this.#nameServer?.address ?? "";
    const environment = productionEnvironment(service, { secrets, podName, nameServer });
    const host = `${this.#network}.1.${number}`;
    this.pods.push(await startPod(service, podName, host, { ...environment, ...database, ...instead }));
    await this.#tell();
  }

  async #remove(pod: Pod): Promise<number | null> {
    const code = await pod.stop();
    await this.#tell();
    return code;
  }

  #tell(): Promise<void> {
    return this.#settings.onChange(this.pods.filter(({ ready }) => ready));
  }

  #ready(service: string): Pod[] {
    return this.pods.filter((pod) => pod.service === service && pod.ready);
  }
}

/** Starts all services. @throws Error of the first that does not start; the others are stopped */
export async function startFleet(settings: FleetSettings): Promise<Fleet> {
  const fleet = new Fleet(settings);
  try {
    await fleet.start();
    return fleet;
  } catch (error) {
    await fleet[Symbol.asyncDispose]();
    throw error;
  }
}
