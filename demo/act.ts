import { type Intake, type IntakeOptions, startViewer, type Viewer } from "tracekeep-viewer";
import { Interrupted, interruptible } from "./interruption.ts";
import type { OtlpJsonFile } from "./json-file.ts";
import type { DemoOptions } from "./options.ts";
import { Processes } from "./processes.ts";
import { startServices } from "./services.ts";
import { good, say } from "./text.ts";

/** The services, running, and the endpoint that they send to. */
export interface Stage {
  readonly intake: Intake;
  /** Shows what the intake has received. */
  readonly viewer: Viewer;
  readonly gateway: string;
  readonly processes: Processes;
}

export interface ActSettings {
  readonly options: DemoOptions;
  readonly file: OtlpJsonFile | undefined;
  /** Environment variables of all services. */
  readonly env: Readonly<Record<string, string>>;
  readonly store?: NonNullable<IntakeOptions["store"]>;
}

/** Sets the stage, plays, and clears up; resolves to whether all went well. Only the logs of an act that went wrong stay. */
export async function perform(
  { options, file, env, store }: ActSettings,
  play: (stage: Stage) => Promise<boolean>,
): Promise<boolean> {
  await using viewer = await startViewer({ keys: ["demo"], ...(store && { store }) });
  const { intake } = viewer;
  say(good(`a local endpoint takes traces as Sentry does: ${intake.dsn}`));
  file?.record(intake);
  const processes = new Processes();
  let well = false;
  let interrupted = false;
  try {
    const common = { SENTRY_DSN: intake.dsn, ...env };
    const gateway = await interruptible(startServices(processes, common, options.settings, sayStarted));
    well = await play({ intake, viewer, gateway, processes });
    return well;
  } catch (error) {
    interrupted = error instanceof Interrupted;
    throw error;
  } finally {
    // What the services still hold comes while they stop.
    await processes.stop();
    if (well || interrupted) await processes.removeLogs();
    else process.stderr.write(processes.tails());
  }
}

export function sayStarted(name: string, address: string): void {
  say(good(`${name} listens on ${address}`));
}
