import type { LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import type { Store } from '#lib/store/store.ts';
import { saveFacts } from '#lib/store/workspace-facts.ts';
import type { Log } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';

const BATCH = 200;
const RETRY_MS = [250, 1000, 2000, 5000] as const;

interface Entry {
  live: LiveWorkspace;
  events: NewEvent[];
  saved: () => void;
}

export interface StatusWriterDeps {
  store: Store;
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  publish: (events: LedgerEvent[]) => void;
  now: () => number;
  log: Log;
}

/**
 * Brings changes of status into the store before they are acknowledged. All that arrive while one transaction runs go
 * into the next one together, so that a thousand agents failing at once cost a handful of commits.
 *
 * States: *idle* (nothing queued, no work) → *writing* (one batch in a transaction; newcomers queue) → *idle*, or →
 * *waiting* (the store refused; the batch stays at the head and is tried again, nothing is dropped) → *writing*.
 * `#run` alone moves between them.
 */
export class StatusWriter {
  readonly #deps: StatusWriterDeps;
  #queue: Entry[] = [];
  #running: Promise<void> | null = null;
  #failures = 0;
  #closed = false;
  #wake: (() => void) | null = null;

  constructor(deps: StatusWriterDeps) {
    this.#deps = deps;
  }

  /** How many changes are not yet in the store; above zero for long means that the store is in trouble. */
  get backlog(): number {
    return this.#queue.length;
  }

  /** Resolves when the change and its events are in the store. Never rejects: it keeps trying. */
  submit(live: LiveWorkspace, events: NewEvent[]): Promise<void> {
    const saved = new Promise<void>((resolve) => {
      this.#queue.push({ live, events, saved: resolve });
    });
    const mine = saved.then(() => {
      if (live.unsaved === mine) live.unsaved = null;
    });
    live.unsaved = mine;
    this.#running ??= this.#run();
    return mine;
  }

  /** Writes what is queued, then stops retrying: what the store still refuses is given up and logged. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    // Beats read from one socket event join the same batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#queue.slice(0, BATCH);
      try {
        await this.#deps.oneAtATime(() => this.#write(batch));
        this.#failures = 0;
        this.#queue.splice(0, batch.length);
        for (const entry of batch) entry.saved();
      } catch (error) {
        this.#failures += 1;
        this.#deps.log('error', 'changes of status could not be saved; they are kept and tried again', {
          waiting: this.#queue.length,
          failures: this.#failures,
          why: String(error),
        });
        if (this.#closed) break;
        await this.#pause(RETRY_MS[Math.min(this.#failures - 1, RETRY_MS.length - 1)] ?? 5000);
      }
    }
    this.#running = null;
  }

  async #write(batch: Entry[]): Promise<void> {
    const rows = [...new Set(batch.map((entry) => entry.live))].map((live) => ({ workspace_id: live.row.id, facts: live.facts }));
    const events = await inTransaction(this.#deps.store, async (tx) => {
      await saveFacts(tx, rows, this.#deps.now());
      const news = batch.flatMap((entry) => entry.events);
      return news.length > 0 ? appendEvents(tx, news) : [];
    });
    this.#deps.publish(events);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
