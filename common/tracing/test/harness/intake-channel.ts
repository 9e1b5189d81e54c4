import { channel } from "node:diagnostics_channel";

/** Where intakes of tests publish what they receive. */
export const INTAKE_CHANNEL = "tracekeep:test:intake";

export interface IntakeMessage {
  readonly port: number;
  readonly path: string;
  /** Decompressed. */
  readonly body: Buffer;
}

const arrivals = channel(INTAKE_CHANNEL);

export function publishArrival(message: IntakeMessage): void {
  arrivals.publish(message);
}
