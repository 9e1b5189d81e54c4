import type { EventEmitter } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { Metadata, type StatusObject } from "@grpc/grpc-js";
import type { ProbeServiceClient } from "@tracekeep/proto/probe/v1";
import { onTestFinished } from "vitest";
import type { TracingStats } from "../../../src/index.ts";
import { type Kind, openCall } from "../../harness/calls.ts";
import { type ArrivedError, type ArrivedSpan, startIntake, type TestIntake } from "../../harness/intake.ts";
import { probeClient } from "../../harness/probe.ts";
import type { Plan, Route } from "./plan.ts";
import { ServiceProcess } from "./service-process.ts";

export type Addresses = Readonly<Record<string, string>>;

type Routes = Readonly<Record<string, Route>>;

/** A service of a mesh, by its name; `NAME` in its environment lets several be one service. */
export interface ServiceSpec {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs it in so many processes of one `node:cluster`; default in one of its own. */
  readonly workers?: number;
  /** Where it reaches others; default each at its own address. */
  readonly routes?: (addresses: Addresses) => Routes | Promise<Routes>;
}

export type MeshSpec = Readonly<Record<string, ServiceSpec>>;

/** How a request ended for its caller, and which trace it was. */
export interface Outcome {
  readonly traceId: string;
  readonly code: number;
}

export interface AskSettings {
  /** A stream has one message each way that it streams. */
  readonly kind?: Kind;
  readonly to?: string;
  readonly deadlineMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Services in processes of their own that call each other, with an intake that all send to. */
export class Mesh {
  readonly intake: TestIntake;
  readonly addresses: Addresses;
  readonly #services: Readonly<Record<string, ServiceProcess>>;
  readonly #clients = new Map<string, ProbeServiceClient>();

  constructor(intake: TestIntake, services: Readonly<Record<string, ServiceProcess>>, addresses: Addresses) {
    this.intake = intake;
    this.#services = services;
    this.addresses = addresses;
  }

  service(name: string): ServiceProcess {
    const service = this.#services[name];
    if (service === undefined) throw new Error(`the mesh has no ${name}`);
    return service;
  }

  /** Sends a request with a plan to a service, as somebody untraced. */
  async ask(plan: Plan, settings: AskSettings = {}): Promise<Outcome> {
    const { to = "gateway", kind = "unary", deadlineMs = 20_000, headers = {} } = settings;
    const client = this.#clientOf(to);
    const metadata = new Metadata();
    metadata.set("tell-trace-id", "1");
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const options = { deadline: Date.now() + deadlineMs };
    const { call, status } = openCall(client, kind, { text: JSON.stringify(plan), metadata, options });
    const events: EventEmitter = call;
    const told = new Promise<Metadata>((resolve) => events.once("metadata", resolve));
    const end: StatusObject = await status;
    const [traceId] = (await Promise.race([told, delay(1_000, new Metadata())])).get("trace-id");
    return { traceId: String(traceId ?? ""), code: end.code };
  }

  #clientOf(name: string): ProbeServiceClient {
    const client = this.#clients.get(name) ?? probeClient(undefined, this.addresses[name] as string);
    this.#clients.set(name, client);
    return client;
  }

  /** Runs a plan below an entry that is not gRPC. */
  async job(plan: Plan, headers: Record<string, string> = {}, service = "gateway"): Promise<Outcome> {
    const { traceId = "", error } = await this.service(service).order({ do: "job", plan, headers });
    return { traceId, code: error === undefined ? 0 : 2 };
  }

  async stats(name: string): Promise<TracingStats> {
    const { stats } = await this.service(name).order({ do: "look" });
    if (stats === undefined) throw new Error(`${name} is gone or has no tracing`);
    return stats;
  }

  /** Repeats a request until all of these have served one: connections take their time. */
  async untilServing(names: readonly string[], plan: Plan): Promise<void> {
    for (const name of names) while ((await this.stats(name)).spans.started === 0) await this.ask(plan);
    await this.settle();
  }

  /** Waits until no span is open in any service, and all that has to be sent has arrived. */
  async settle(): Promise<void> {
    const services = Object.values(this.#services);
    for (let open = 1; open > 0; ) {
      const looks = await Promise.all(services.map((service) => service.order({ do: "look" })));
      const all = looks.flatMap((look) => [look, ...(look.others ?? [])]);
      open = all.reduce((sum, { stats }) => sum + (stats?.spans.open ?? 0), 0);
      if (open > 0) await delay(10);
    }
    // A recall that comes with the first flush makes another one send.
    for (let round = 0; round < 3; round++)
      await Promise.all(services.map((service) => service.order({ do: "flush" })));
  }

  spansOf({ traceId }: Pick<Outcome, "traceId">): ArrivedSpan[] {
    return this.intake.spans.filter((span) => span.traceId === traceId);
  }

  errorsOf({ traceId }: Pick<Outcome, "traceId">): ArrivedError[] {
    return this.intake.errors.filter(({ contexts }) => contexts.trace.trace_id === traceId);
  }

  async stop(): Promise<void> {
    for (const client of this.#clients.values()) client.close();
    await Promise.all(Object.values(this.#services).map((service) => service.stop()));
    await this.intake.close();
  }
}

/** Starts the services; they are gone when the test is finished, also where it fails. */
export async function startMesh(spec: MeshSpec, all: Record<string, string> = {}): Promise<Mesh> {
  const mesh = await launchMesh(spec, all);
  onTestFinished(() => mesh.stop());
  return mesh;
}

/** For several tests: whoever launches it stops it. */
export async function launchMesh(spec: MeshSpec, all: Record<string, string> = {}): Promise<Mesh> {
  const intake = await startIntake();
  const settings = { SENTRY_DSN: intake.dsn, TRACE_EXPORT_INTERVAL_MS: "10", ...all };
  const services: Record<string, ServiceProcess> = {};
  for (const [name, { env, workers }] of Object.entries(spec))
    services[name] = new ServiceProcess({ NAME: name, ...settings, ...env }, workers);
  const addresses: Record<string, string> = {};
  for (const [name, service] of Object.entries(services)) addresses[name] = await service.address();
  const direct = Object.fromEntries(Object.entries(addresses).map(([name, address]) => [name, { address }]));
  for (const [name, { routes }] of Object.entries(spec)) {
    const own = await routes?.(addresses);
    await services[name]?.order({ do: "routes", routes: { ...direct, ...own } });
  }
  return new Mesh(intake, services, addresses);
}
