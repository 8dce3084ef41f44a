/** Each bucket is this much wider than the one before: a percentile is exact to 2 %. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);
/** Smallest duration told apart, in ms. */
const FLOOR_MS = 0.05;
const BUCKETS = 800;

/** Durations counted in buckets: a percentile of millions of them in 3 KB. */
export class Latencies {
  readonly #counts = new Uint32Array(BUCKETS);
  #total = 0;
  #max = 0;

  add(ms: number): void {
    const bucket = ms <= FLOOR_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(ms / FLOOR_MS) / LOG_GROWTH));
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#total += 1;
    if (ms > this.#max) this.#max = ms;
  }

  /** In ms, rounded to hundredths; null when nothing was counted. `share` 0…1. */
  percentile(share: number): number | null {
    let left = Math.ceil(this.#total * share);
    if (left === 0) return null;
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      left -= this.#counts[bucket] ?? 0;
      if (left <= 0) return Math.round(Math.min(this.#max, FLOOR_MS * GROWTH ** bucket) * 100) / 100;
    }
    return this.#max;
  }
}
