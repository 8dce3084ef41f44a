import type { LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import { type Db, inSoftTransaction, inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import type { Store } from '#lib/store/store.ts';
import { isOwnFault } from '#lib/store/store-error.ts';
import type { Log } from './deps.ts';

const BATCH = 200;
const RETRY_MS = [250, 1000, 2000, 5000] as const;

/** What one write does in the transaction that it shares with others, and what the ledger learns of it. */
type Write<T> = (tx: Db) => Promise<{ result: T; events?: NewEvent[] }>;

interface Entry {
  work: (tx: Db) => Promise<{ done: () => void; events: NewEvent[] }>;
  failed: (error: unknown) => void;
  keepTrying: boolean;
  soft: boolean;
}

export interface DeliveryWriterDeps {
  store: Store;
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  publish: (events: LedgerEvent[]) => void;
  log: Log;
}

/**
 * Writes of the delivery queue in groups: all that arrive while one transaction runs go into the next one together, in
 * the order in which they came, so that many messages at once cost a handful of commits.
 *
 * States: *idle* (nothing queued) → *writing* (one batch in a transaction; newcomers queue) → *idle*, or → *waiting* (the
 * store refused: what must not be lost stays at the head and is tried again, the rest is refused) → *writing*, or →
 * *apart* (something in the batch failed by its own fault: each is written alone, and what fails so is given up) → *writing*.
 * `#run` alone moves between them.
 */
export class DeliveryWriter {
  readonly #deps: DeliveryWriterDeps;
  #queue: Entry[] = [];
  /** So many at the head are written each in a transaction of its own. */
  #apart = 0;
  #running: Promise<void> | null = null;
  #failures = 0;
  #closed = false;
  #wake: (() => void) | null = null;

  constructor(deps: DeliveryWriterDeps) {
    this.#deps = deps;
  }

  /**
   * Resolves once it is in the store, else rejects with the store's refusal. `write` may run more than once. `soft`: nobody
   * is told yet that it is kept, so that it need not wait for the disk: it outlives a kill of the process, not a power cut.
   */
  write<T>(write: Write<T>, { soft = false } = {}): Promise<T> {
    return this.#submit(write, false, soft);
  }

  /** The same for what must come: it is tried until it is in the store. Rejects when this is closed before, or `write` fails by its own fault. */
  writeSurely<T>(write: Write<T>, { soft = false } = {}): Promise<T> {
    return this.#submit(write, true, soft);
  }

  /** Writes what is queued, and refuses what the store does not take now. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#running;
  }

  #submit<T>(write: Write<T>, keepTrying: boolean, soft: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const work = async (tx: Db) => {
        const { result, events = [] } = await write(tx);
        return { done: () => resolve(result), events };
      };
      this.#queue.push({ work, failed: reject, keepTrying, soft });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // What arrives within one turn of the loop joins the same batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, this.#apart > 0 ? 1 : BATCH);
      try {
        const done = await this.#deps.oneAtATime(() => this.#write(batch));
        this.#failures = 0;
        this.#leave(batch);
        for (const tell of done) tell();
      } catch (error) {
        if (!isOwnFault(error)) await this.#refused(batch, error);
        else if (batch.length > 1) this.#apart = batch.length;
        else this.#giveUp(batch, error);
      }
    }
    this.#running = null;
  }

  async #write(batch: Entry[]): Promise<(() => void)[]> {
    const transaction = batch.every(({ soft }) => soft) ? inSoftTransaction : inTransaction;
    const { done, events } = await transaction(this.#deps.store, async (tx) => {
      const results: (() => void)[] = [];
      const news: NewEvent[] = [];
      for (const { work } of batch) {
        const one = await work(tx);
        results.push(one.done);
        news.push(...one.events);
      }
      return { done: results, events: await appendEvents(tx, news) };
    });
    if (events.length > 0) this.#deps.publish(events);
    return done;
  }

  /** Takes a batch off the head, but for what stays there. */
  #leave(batch: Entry[], kept: Entry[] = []): void {
    this.#queue.splice(0, batch.length, ...kept);
    this.#apart = Math.max(0, this.#apart - (batch.length - kept.length));
  }

  #giveUp(batch: Entry[], error: unknown): void {
    this.#leave(batch);
    for (const entry of batch) entry.failed(error);
    this.#deps.log('error', 'a change of the delivery queue was given up: it fails by its own fault', { why: String(error) });
  }

  async #refused(batch: Entry[], error: unknown): Promise<void> {
    this.#failures += 1;
    const kept = this.#closed ? [] : batch.filter((entry) => entry.keepTrying);
    this.#leave(batch, kept);
    for (const entry of batch) if (!kept.includes(entry)) entry.failed(error);
    this.#deps.log('error', 'changes of the delivery queue could not be saved', {
      tried_again: kept.length,
      failures: this.#failures,
      why: String(error),
    });
    if (kept.length > 0) await this.#pause(RETRY_MS[Math.min(this.#failures - 1, RETRY_MS.length - 1)] ?? 5000);
  }

  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
