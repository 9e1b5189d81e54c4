import type { SentryClient } from "../api/client.ts";

/** What a setting is, in words: one line a field, equal on both sides if nothing differs. */
export type Described = Readonly<Record<string, string>>;

export interface FieldChange {
  readonly field: string;
  /** Undefined where the setting is new. */
  readonly from?: string;
  /** Undefined where it goes. */
  readonly to?: string;
}

/** One step from the project as it is to the project as the file says. */
export interface Change {
  readonly action: "create" | "update" | "delete";
  readonly kind: "environment" | "ownership" | "monitor" | "alert";
  readonly name: string;
  readonly fields: readonly FieldChange[];
  /** @param made the ids of monitors by their names; creating one adds to it */
  make(client: SentryClient, made: Map<string, string>): Promise<void>;
}

/** The changes of one kind of setting. */
export interface Part {
  readonly changes: readonly Change[];
  /** What is ours and no longer in the file, as the change that would remove it. */
  readonly surplus: readonly Change[];
  /** What an operator should know, and nothing here changes. */
  readonly notes?: readonly string[];
}

/** Begins the name of everything that Tracekeep owns in Sentry. */
export const OWNED = "Tracekeep: ";

/** By name; of two with one name the first is meant, and the second is surplus. */
export function firstOfEachName<T extends { readonly name: string }>(owned: readonly T[]): Map<string, T> {
  return new Map(owned.toReversed().map((one) => [one.name, one]));
}

/** The removal of all that is ours but the ones that are kept. */
export function surplusOf<T extends { readonly id: string; readonly name: string }>(
  kind: Change["kind"],
  owned: readonly T[],
  isKept: (one: T) => boolean,
  remove: (client: SentryClient, id: string) => Promise<void>,
): Change[] {
  return owned
    .filter((one) => !isKept(one))
    .map(({ id, name }) => ({
      action: "delete",
      kind,
      name,
      fields: [],
      make: (client) => remove(client, id),
    }));
}

/** The fields that differ; one that is on one side only is new, or goes. */
export function differences(from: Described, to: Described): FieldChange[] {
  const fields = new Set([...Object.keys(to), ...Object.keys(from)]);
  return Array.from(fields, (field) => ({
    field,
    ...side("from", from[field]),
    ...side("to", to[field]),
  })).filter((change: FieldChange) => change.from !== change.to);
}

function side<K extends "from" | "to">(key: K, value: string | undefined): { [P in K]?: string } {
  return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
}
