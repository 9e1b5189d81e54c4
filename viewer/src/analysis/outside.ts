import { textOf } from "../trace/attributes.ts";
import type { SpanRecord } from "../trace/span.ts";

/** Something that sends no spans, but is called. */
export interface Outside {
  readonly name: string;
  readonly marks: Marks;
}

/** Attributes that the calls to something have in common, by key. */
export type Marks = Readonly<Record<string, string>>;

/** What a call went to, if that sends no spans of its own. */
export function outsideOf({ kind, attributes }: SpanRecord): Outside | undefined {
  if (kind !== "client" && kind !== "producer") return undefined;
  const textAt = (key: string) => textOf(attributes[key]);
  for (const key of ["db.system.name", "db.system"]) {
    const system = textAt(key);
    if (system === undefined) continue;
    const namespace = textAt("db.namespace");
    return namespace === undefined
      ? { name: system, marks: { [key]: system } }
      : { name: `${system}: ${namespace}`, marks: { [key]: system, "db.namespace": namespace } };
  }
  for (const key of ["peer.service", "messaging.system", "server.address"]) {
    const name = textAt(key);
    if (name !== undefined) return { name, marks: { [key]: name } };
  }
  return undefined;
}
