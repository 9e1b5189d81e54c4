/** Durations with their weights, from which shares and percentiles are read. */
export class Distribution {
  readonly #samples: { readonly nanos: number; readonly weight: number; readonly failed: boolean }[] = [];
  #weight = 0;
  #failedWeight = 0;

  /** Negative durations (a clock was set back) count as zero. */
  add(nanos: number, weight: number, failed: boolean): void {
    this.#samples.push({ nanos: Math.max(0, nanos), weight, failed });
    this.#weight += weight;
    if (failed) this.#failedWeight += weight;
  }

  /** How many were received. */
  get received(): number {
    return this.#samples.length;
  }

  /** How many those stand for. */
  get count(): number {
    return this.#weight;
  }

  /** Share of those that failed, 0 to 1; 0 without any. */
  get failedShare(): number {
    return this.#weight === 0 ? 0 : this.#failedWeight / this.#weight;
  }

  /**
   * The durations below or at which the given shares (0 to 1, ascending) of the weight lie, in nanoseconds
   * (nearest rank); zeros without any.
   */
  percentiles(shares: readonly number[]): number[] {
    const sorted = this.#samples.toSorted((a, b) => a.nanos - b.nanos);
    let index = 0;
    let below = sorted[0]?.weight ?? 0;
    return shares.map((share) => {
      // Sums of fractions may miss the whole by a little.
      const wanted = share * this.#weight * (1 - 1e-12);
      while (below < wanted && index < sorted.length - 1) below += sorted[++index]?.weight ?? 0;
      return sorted[index]?.nanos ?? 0;
    });
  }

  /**
   * Weights by duration, on a logarithmic scale: bucket i holds those from `from * 2^(i / perOctave)` on; what is
   * shorter or longer than the scale goes into its first and last bucket.
   */
  histogram(from: number, perOctave: number, buckets: number): { ok: number; failed: number }[] {
    const result = Array.from({ length: buckets }, () => ({ ok: 0, failed: 0 }));
    for (const { nanos, weight, failed } of this.#samples) {
      const place = nanos <= from ? 0 : Math.floor(Math.log2(nanos / from) * perOctave);
      const bucket = result[Math.min(buckets - 1, place)];
      if (bucket) bucket[failed ? "failed" : "ok"] += weight;
    }
    return result;
  }
}
