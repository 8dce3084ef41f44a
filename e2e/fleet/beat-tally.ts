import { Latencies } from './latencies.ts';

export interface KindReport {
  sent: number;
  accepted: number;
  /** By HTTP status, with the platform's first words for each. */
  refused: Record<string, { count: number; first: string }>;
  /** No answer at all: connection refused, reset, timed out. */
  unanswered: number;
  /** Not sent, because the one before was still on its way. */
  left_out: number;
  p50_ms: number | null;
  p99_ms: number | null;
}

/** What became of the beats of one kind. */
export class BeatTally {
  readonly #latencies = new Latencies();
  readonly #refused: KindReport['refused'] = {};
  sent = 0;
  accepted = 0;
  unanswered = 0;
  leftOut = 0;

  answered(status: number, body: unknown, ms: number): void {
    this.#latencies.add(ms);
    if (status === 200) {
      this.accepted += 1;
      return;
    }
    const words = String((body as { error?: unknown } | null)?.error ?? 'no reason given');
    const { count, first } = this.#refused[status] ?? { count: 0, first: words };
    this.#refused[status] = { count: count + 1, first };
  }

  report(): KindReport {
    const { sent, accepted, unanswered, leftOut } = this;
    const p50_ms = this.#latencies.percentile(0.5);
    return { sent, accepted, refused: this.#refused, unanswered, left_out: leftOut, p50_ms, p99_ms: this.#latencies.percentile(0.99) };
  }
}
