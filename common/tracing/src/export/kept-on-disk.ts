import { gzipSync } from "node:zlib";
import type { SpoolSettings } from "../config/tracing-config.ts";
import { type DiskForm, diskFormFor } from "../envelope/index.ts";
import type { Logger } from "../logger.ts";
import { Courier, type Delivery, Spool, type SpoolStats } from "../spool/index.ts";
import type { HttpSender } from "../transport/http-sender.ts";
import { compressed } from "./compression.ts";
import type { ExportQueue } from "./export-queue.ts";
import { type KeptRequest, SPOOLED_BYTES } from "./kept-requests.ts";
import { countBytes, countSpans, isKept, type Outgoing } from "./outgoing.ts";
import type { Wire } from "./wire.ts";

export interface KeptOnDiskOptions<T extends Outgoing> {
  readonly spool: SpoolSettings;
  readonly destination: string;
  readonly sender: HttpSender;
  readonly wire: Wire<T>;
  readonly intervalMs: number;
  /** Bound of what is on its way to the disk, and of the queue, in bytes. */
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
  readonly #form: DiskForm;
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
    const form = diskFormFor(sender.target);
    this.#form = form;
    const { intervalMs: firstLookMs, isWell } = options;
    this.#courier = new Courier({
      spool: this.#spool,
      firstLookMs,
      isWell,
      deliver: async (written, spans) => options.deliver(await form.read(written), spans),
    });
  }

  /** The destination is up again. */
  wake(): void {
    void this.#courier.wake();
  }

  /** Writes spans down, in the background. */
  put(items: readonly T[]): void {
    if (items.length === 0) return;
    const { mostBytes, saved, lost, wire } = this.#options;
    const bytes = countBytes(items);
    if (this.#bytesOnTheWay + bytes > mostBytes) {
      lost(items);
      return;
    }
    this.#bytesOnTheWay += bytes;
    this.#onTheWay.add(items);
    saved(countSpans(items));
    compressed(this.#form.write(wire.encode(items)), true).then(
      (body) => this.#compressed(items, body),
      () => this.#compressed(items, undefined),
    );
  }

  /** Before a span of a kept trace is lost because the queue has no room for its bytes, older ones go to the disk. */
  makeRoomIn(queue: ExportQueue<T>, bytes: number): void {
    const { mostBytes, wire } = this.#options;
    if (bytes > mostBytes) return;
    while (queue.bytes + bytes > mostBytes && queue.keptSpans > 0)
      this.#putKept(queue, queue.take(SPOOLED_BYTES, wire.mostItems));
  }

  /** Puts back what could not be sent; if there is no room for all, spans of kept traces go to the disk. */
  putBackInto(queue: ExportQueue<T>, items: readonly T[]): void {
    if (queue.bytes + countBytes(items) <= this.#options.mostBytes) queue.putBack(items);
    else this.#putKept(queue, items);
  }

  #putKept(queue: ExportQueue<T>, items: readonly T[]): void {
    this.put(items.filter(isKept));
    queue.putBack(items.filter((item) => !isKept(item)));
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
  save({ encode, spans }: KeptRequest): boolean {
    return this.#spool.save(gzipSync(this.#form.write(encode())), spans);
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
