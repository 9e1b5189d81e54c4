import { promisify } from "node:util";
import { gunzip, gzip, gzipSync } from "node:zlib";
import type { SpoolSettings } from "../config/tracing-config.ts";
import type { Logger } from "../logger.ts";
import { Courier, type Delivery, Spool, type SpoolStats } from "../spool/index.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import { chunk, countBytes, countSpans, isKept, type Outgoing } from "./outgoing.ts";
import type { Wire } from "./wire.ts";

const compress = promisify(gzip);
const decompress = promisify(gunzip);
/** Kept traces go to disk in requests of this size before compression, since what is too large there cannot be split. */
export const SPOOLED_BYTES = 262_144;

/** A request of spans of kept traces, compressed. */
export interface KeptRequest {
  readonly body: Uint8Array;
  readonly spans: number;
}

export interface KeptOnDiskOptions<T extends Outgoing> {
  readonly spool: SpoolSettings;
  readonly destination: string;
  readonly sender: HttpSender;
  readonly wire: Wire<T>;
  readonly intervalMs: number;
  /** Bound of what is on its way to the disk, in bytes. */
  readonly mostBytes: number;
  /** False while the destination is not to be tried with what is on the disk. */
  readonly isWell: () => boolean;
  /** Sends a compressed request. */
  readonly deliver: (body: Uint8Array, spans: number) => Promise<Delivery>;
  /** Counts spans that are on the disk, or on their way; less than none for those that did not get there. */
  readonly saved: (spans: number) => void;
  /** Told of what does not get there. */
  readonly lost: (items: readonly T[]) => void;
  /** Told of spans that are lost on the disk. */
  readonly expired: (spans: number) => void;
  readonly logger: Logger;
}

/** Where spans of kept traces wait that cannot be sent now. */
export class KeptOnDisk<T extends Outgoing> {
  readonly #options: KeptOnDiskOptions<T>;
  readonly #spool: Spool;
  readonly #courier: Courier;
  /** What is being compressed. */
  readonly #onTheWay = new Set<readonly T[]>();
  #bytesOnTheWay = 0;

  constructor(options: KeptOnDiskOptions<T>) {
    this.#options = options;
    const { sender, destination, logger, expired: lost } = options;
    const contentType = sender.target.headers["content-type"] ?? "";
    this.#spool = new Spool({
      ...options.spool,
      destination,
      url: sender.target.url,
      contentType,
      logger,
      lost,
    });
    const { intervalMs: firstLookMs, isWell, deliver } = options;
    this.#courier = new Courier({ spool: this.#spool, firstLookMs, isWell, deliver });
  }

  /** The destination is up again. */
  wake(): void {
    this.#courier.wake();
  }

  /** Writes spans down, in the background. */
  put(items: readonly T[]): void {
    const { mostBytes, saved, lost, wire } = this.#options;
    const bytes = countBytes(items);
    if (this.#bytesOnTheWay + bytes > mostBytes) {
      lost(items);
      return;
    }
    this.#bytesOnTheWay += bytes;
    this.#onTheWay.add(items);
    saved(countSpans(items));
    compress(wire.encode(items)).then(
      (body) => this.#compressed(items, body),
      () => this.#compressed(items, undefined),
    );
  }

  #compressed(items: readonly T[], body: Uint8Array | undefined): void {
    this.#bytesOnTheWay -= countBytes(items);
    // Otherwise a shutdown was faster.
    if (!this.#onTheWay.delete(items)) return;
    const spans = countSpans(items);
    if (body !== undefined && this.#spool.save(body, spans)) return;
    this.#options.saved(-spans);
    this.#options.lost(items);
  }

  /** Takes back what is on its way, for whoever writes it at once. */
  takeBack(): T[] {
    const items = [...this.#onTheWay].flat();
    this.#onTheWay.clear();
    return items;
  }

  /** Writes a request down at once; false if that is not possible. */
  save({ body, spans }: KeptRequest): boolean {
    return this.#spool.save(body, spans);
  }

  stats(): SpoolStats & { readonly pendingBytes: number } {
    return { ...this.#spool.stats(), pendingBytes: this.#bytesOnTheWay };
  }

  /** Nothing is sent any more. */
  async close(): Promise<void> {
    await this.#courier.close();
    this.#spool.close();
  }

  /** The same, for a process that ends now. */
  closeNow(): void {
    this.#spool.close();
  }
}

/** Spans of kept traces as compressed requests; the others are left out. */
export function keptRequests<T extends Outgoing>(items: readonly T[], wire: Wire<T>): KeptRequest[] {
  return chunk(items.filter(isKept), SPOOLED_BYTES, wire.mostItems).map((batch) => ({
    body: gzipSync(wire.encode(batch)),
    spans: countSpans(batch),
  }));
}

/** A body as it is sent: compressed unless the server is not to get that. */
export function compressed(body: Uint8Array, isWanted: boolean): Uint8Array | Promise<Uint8Array> {
  return isWanted ? compress(body) : body;
}

/** The same, of a body that is compressed already. */
export function recompressed(body: Uint8Array, isWanted: boolean): Uint8Array | Promise<Uint8Array> {
  return isWanted ? body : decompress(body);
}
