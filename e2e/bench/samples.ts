/** Times in milliseconds; keeps every one, so percentiles are exact. */
export class Samples {
  readonly #all: number[] = [];

  add(ms: number): void {
    this.#all.push(ms);
  }

  get values(): readonly number[] {
    return this.#all;
  }

  get count(): number {
    return this.#all.length;
  }

  /** The smallest sample that at least `share` (0…1) of all do not exceed; NaN without samples. */
  percentile(share: number): number {
    const sorted = Float64Array.from(this.#all).sort();
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}
