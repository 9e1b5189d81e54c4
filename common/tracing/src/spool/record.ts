import { crc32 } from "node:zlib";

/** A request that waits on disk. */
export interface SpoolRecord {
  /** What it is for, by kind and host; never a key. */
  readonly destination: string;
  /** The request's body, compressed. */
  readonly body: Uint8Array;
  readonly spans: number;
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number;
}

/** A record as it was found in a file. */
export interface FoundRecord extends SpoolRecord {
  /** Where it begins. */
  readonly offset: number;
}

/**
 * Before each record: four bytes by which it is known, its state, its checksum over all that follows, the
 * lengths of what describes it and of its body.
 */
const MARK = 0x544b5350;
const AT = { mark: 0, state: 4, checksum: 8, description: 12, body: 16 } as const;
const HEADER_BYTES = 20;
/** The state is not part of what is checked: it changes when the record has been sent. */
const CHECKED_FROM = AT.description;
const STATE_OFFSET = AT.state;
const PENDING = 0;
const SENT = 1;

export function encodeRecord({ destination, body, spans, at }: SpoolRecord): Buffer {
  const description = Buffer.from(JSON.stringify({ destination, spans, at }));
  const record = Buffer.alloc(HEADER_BYTES + description.length + body.length);
  record.writeUInt32BE(MARK, AT.mark);
  record.writeUInt8(PENDING, AT.state);
  record.writeUInt32BE(description.length, AT.description);
  record.writeUInt32BE(body.length, AT.body);
  description.copy(record, HEADER_BYTES);
  record.set(body, HEADER_BYTES + description.length);
  record.writeUInt32BE(crc32(record.subarray(CHECKED_FROM)), AT.checksum);
  return record;
}

/** The byte to write, and where, so that a record counts as sent. */
export function sentMark({ offset }: FoundRecord): { readonly byte: Buffer; readonly position: number } {
  return { byte: Buffer.of(SENT), position: offset + STATE_OFFSET };
}

/** Records that have not been sent yet; `damaged` counts those that cannot be read, a torn last one among them. */
export function readRecords(file: Buffer): { readonly records: FoundRecord[]; readonly damaged: number } {
  const records: FoundRecord[] = [];
  let damaged = 0;
  for (let offset = 0; offset < file.length; ) {
    const end = endOf(file, offset);
    // Where the next one begins is not known either.
    if (end === undefined) return { records, damaged: damaged + 1 };
    if (file[offset + STATE_OFFSET] !== SENT) {
      const record = readRecord(file, offset, end);
      if (record === undefined) damaged++;
      else records.push(record);
    }
    offset = end;
  }
  return { records, damaged };
}

function endOf(file: Buffer, offset: number): number | undefined {
  if (offset + HEADER_BYTES > file.length || file.readUInt32BE(offset + AT.mark) !== MARK) return undefined;
  const description = file.readUInt32BE(offset + AT.description);
  const end = offset + HEADER_BYTES + description + file.readUInt32BE(offset + AT.body);
  return end > file.length ? undefined : end;
}

function readRecord(file: Buffer, offset: number, end: number): FoundRecord | undefined {
  const checksum = crc32(file.subarray(offset + CHECKED_FROM, end));
  if (checksum !== file.readUInt32BE(offset + AT.checksum)) return undefined;
  const bodyAt = offset + HEADER_BYTES + file.readUInt32BE(offset + AT.description);
  try {
    const { destination, spans, at } = JSON.parse(
      file.toString("utf8", offset + HEADER_BYTES, bodyAt),
    ) as Omit<SpoolRecord, "body">;
    return { destination, spans, at, body: file.subarray(bodyAt, end), offset };
  } catch {
    return undefined;
  }
}
