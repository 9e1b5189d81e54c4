/** Something that a service needs in order to do its work. */
export interface Dependency {
  /** Its name in this service, such as `treasury`. */
  readonly name: string;
  /** What it is, such as `postgresql` or `grpc`. */
  readonly kind: string;
  /** Whether the service is useless without it. */
  readonly critical: boolean;
  /** Where it is, without user and password. */
  readonly address: string;
  /** The longest wait for an answer, in milliseconds; default 1,000. */
  readonly timeoutMs?: number;
  /**
   * Resolves if it works, rejects with what is wrong. The signal fires when nobody waits any more.
   * It runs untraced.
   */
  check(signal: AbortSignal): Promise<unknown>;
}
