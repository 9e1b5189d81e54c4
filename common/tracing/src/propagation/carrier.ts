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
    return values.every((value) => typeof value === "string")
      ? values
      : values.filter((value) => typeof value === "string");
  };
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
