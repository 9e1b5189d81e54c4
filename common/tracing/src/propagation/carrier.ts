import type { Metadata } from "@grpc/grpc-js";
import type { HeaderWriter } from "./inject.ts";

/** Reads all values of a header by its lower-case name. */
export type HeaderReader = (name: string) => readonly string[];

/** What `continueTrace` reads headers from: the Fetch API's `Headers`, or an object such as Node's `request.headers`. */
export type Carrier = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/** The part of grpc-js's Metadata that is used; an object of another copy of the library is as good. */
export interface MetadataLike {
  get(key: string): readonly (string | Buffer)[];
}

const NONE: readonly string[] = [];

export function readMetadata(metadata: MetadataLike): HeaderReader {
  // grpc-js checks and copies at each `get`; its map, where it shows, has the same under lower-case keys.
  const { internalRepr } = metadata as { internalRepr?: unknown };
  const get =
    internalRepr instanceof Map
      ? (name: string) => internalRepr.get(name) as string[] | undefined
      : undefined;
  return (name) => {
    const values = get === undefined ? metadata.get(name) : (get(name) ?? NONE);
    return values.every(isText) ? values : values.filter(isText);
  };
}

type WritableMetadata = Pick<Metadata, "get" | "set" | "remove">;

function isText(value: string | Buffer): value is string {
  return typeof value === "string";
}

/** Writes trace headers into grpc-js's metadata. */
export class MetadataWriter implements HeaderWriter {
  readonly #metadata: WritableMetadata;

  constructor(metadata: WritableMetadata) {
    this.#metadata = metadata;
  }

  set(name: string, value: string): void {
    this.#metadata.set(name, value);
  }

  /** Past the checks of each `set`, where the map shows: two regular expressions a header (0.3 µs a call). */
  setOwn(name: string, value: string): void {
    const { internalRepr } = this.#metadata as { internalRepr?: unknown };
    if (internalRepr instanceof Map) internalRepr.set(name, [value]);
    else this.#metadata.set(name, value);
  }

  get(name: string): readonly string[] {
    return readMetadata(this.#metadata)(name);
  }

  remove(name: string): void {
    const { internalRepr } = this.#metadata as { internalRepr?: unknown };
    if (internalRepr instanceof Map) internalRepr.delete(name);
    else this.#metadata.remove(name);
  }
}

/** Nothing is read of the carrier before a header is asked for. */
export function readCarrier(carrier: Carrier): HeaderReader {
  let reader: HeaderReader | undefined;
  return (name) => {
    reader ??= readerOf(carrier);
    return reader(name);
  };
}

function readerOf(carrier: Carrier): HeaderReader {
  if (typeof (carrier as Headers | null)?.get === "function") {
    return (name) => {
      const value = (carrier as Headers).get(name);
      return typeof value === "string" ? [value] : [];
    };
  }
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(carrier ?? {})) {
    const lower = name.toLowerCase();
    const list = (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
    values.set(lower, [...(values.get(lower) ?? []), ...list]);
  }
  return (name) => values.get(name) ?? [];
}
