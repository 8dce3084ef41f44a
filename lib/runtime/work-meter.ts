import type { InFlightTask } from '#lib/contract/heartbeat.ts';

/** Counts of one beat. `take` hands them out; they leave the meter only when `accept` is called with them. */
export interface WorkSample {
  requests: number;
  failed: number;
}

/**
 * What the agent does and how it fares: the source of every beat.
 *
 * Counts are handed out and subtracted only once the platform accepted them, so that those of a refused beat stay in
 * the next, and those that came while a beat was under way are not lost with its acceptance. Texts are
 * held as they came: who sends or keeps them takes the secrets out first.
 */
export class WorkMeter {
  /** A task has begun or ended. */
  onChange: () => void = () => {};
  readonly #tasks = new Map<string, InFlightTask>();
  #task = '';
  #requests = 0;
  #failed = 0;
  #lastError = '';

  get activeTasks(): number {
    return this.#tasks.size;
  }

  /** What it says it does, else the newest task in flight. */
  get currentTask(): string {
    if (this.#task !== '') return this.#task;
    return [...this.#tasks.values()].at(-1)?.summary ?? '';
  }

  get lastError(): string {
    return this.#lastError;
  }

  get inFlight(): InFlightTask[] {
    return [...this.#tasks.values()];
  }

  /** A sentence for what it does now; empty: nothing to say. */
  setTask(text: string): void {
    this.#task = text;
  }

  begin(id: string, summary: string): void {
    this.#tasks.set(id, { id, summary, started_at: Date.now() });
    this.onChange();
  }

  /** Says how far a task in flight is. */
  describe(id: string, summary: string): void {
    const task = this.#tasks.get(id);
    if (task) task.summary = summary;
  }

  /** Ends a task. A cancelled one counts as neither served nor failed: the caller wanted it so. */
  end(id: string, outcome: 'served' | 'cancelled' | { error: string }): void {
    if (!this.#tasks.delete(id)) return;
    if (this.#tasks.size === 0) this.#task = '';
    if (outcome !== 'cancelled') this.count(outcome);
    this.onChange();
  }

  /** Counts one request that was not a task of its own. */
  count(outcome: 'served' | { error: string }): void {
    this.#requests += 1;
    if (outcome === 'served') return;
    this.#failed += 1;
    this.#lastError = outcome.error;
  }

  /** Says something that went wrong beside the requests: shown until a sample without a failure is accepted. */
  note(error: string): void {
    this.#lastError = error;
  }

  /** Takes a note back, if nothing came after it. */
  unsay(error: string): void {
    if (this.#lastError === error) this.#lastError = '';
  }

  take(): WorkSample {
    return { requests: this.#requests, failed: this.#failed };
  }

  accept(sample: WorkSample): void {
    this.#requests -= sample.requests;
    this.#failed -= sample.failed;
    // The last error stays the banner until a sample without one proves that it is over.
    if (sample.requests > 0 && sample.failed === 0 && this.#failed === 0) this.#lastError = '';
  }
}
