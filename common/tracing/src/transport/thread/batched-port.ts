/** Leads to another thread. */
export interface Port<T> {
  postMessage(messages: readonly T[], handedOver: readonly ArrayBuffer[]): void;
}

/** Sends all of one turn of the event loop as one message: each wakes the other thread, which takes longer than the rest. */
export class BatchedPort<T> {
  readonly #port: Port<T>;
  #messages: T[] = [];
  #handedOver: ArrayBuffer[] = [];

  constructor(port: Port<T>) {
    this.#port = port;
  }

  /** @param bytes in memory of their own, which goes along with the message. */
  post(message: T, bytes?: Uint8Array<ArrayBuffer>): void {
    if (this.#messages.push(message) === 1) setImmediate(() => this.#send());
    if (bytes !== undefined) this.#handedOver.push(bytes.buffer);
  }

  #send(): void {
    const [messages, handedOver] = [this.#messages, this.#handedOver];
    this.#messages = [];
    this.#handedOver = [];
    this.#port.postMessage(messages, handedOver);
  }
}
