import { errorCodeOf } from '#lib/contract/errors.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { type Db, inTransaction } from '#lib/store/in-transaction.ts';
import { incidentById } from '#lib/store/incidents.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import type { Store } from '#lib/store/store.ts';
import type { Log } from './deps.ts';
import { type DeskNews, IncidentDesk, TELL_AGAIN_MS } from './incident-desk.ts';

const BATCH = 200;

type Work<T> = (desk: IncidentDesk) => Promise<T>;

export interface IncidentWriterDeps {
  store: Store;
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  publish: (events: LedgerEvent[]) => void;
  /** Puts what is worth a message into the outbox, in the same transaction. */
  queue: (tx: Db, changes: DeskNews['changes']) => Promise<void>;
  now: () => number;
  log: Log;
}

interface Entry {
  work: (desk: IncidentDesk) => Promise<() => void>;
  failed: (error: unknown) => void;
}

/**
 * The one place where incidents change: all that arrives while one transaction runs goes into the next one together, so
 * that a flood of messages from one workspace is one row written a few times.
 *
 * States: *idle* (nothing queued) → *writing* (one batch in a transaction; newcomers queue) → *idle*. When one
 * of a batch cannot be written, each is written by itself, so that it is refused alone; a store that does not answer is
 * asked once, and refused to all: they know whether to try again. `#run` alone moves.
 */
export class IncidentWriter {
  readonly #deps: IncidentWriterDeps;
  #queue: Entry[] = [];
  #running: Promise<void> | null = null;
  readonly #untold = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(deps: IncidentWriterDeps) {
    this.#deps = deps;
  }

  /** Resolves with what `work` answered once it is in the store, else rejects. `work` may run more than once. */
  write<T>(work: Work<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const entry: Entry = {
        work: async (desk) => {
          const result = await work(desk);
          return () => resolve(result);
        },
        failed: reject,
      };
      this.#queue.push(entry);
      this.#running ??= this.#run();
    });
  }

  /** Writes what is queued; repeats that were not told yet are told by whoever reads next. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    // What arrives within one turn of the loop joins the same batch.
    await new Promise<void>((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      await this.#settle(this.#queue.splice(0, BATCH));
    }
    this.#running = null;
  }

  async #settle(batch: readonly Entry[]): Promise<void> {
    try {
      for (const done of await this.#deps.oneAtATime(() => this.#write(batch))) done();
    } catch (error) {
      if (batch.length > 1 && !isOfStore(error)) for (const entry of batch) await this.#settle([entry]);
      else for (const entry of batch) entry.failed(error);
    }
  }

  async #write(batch: readonly Entry[]): Promise<(() => void)[]> {
    const now = this.#deps.now();
    const { done, events, untold } = await inTransaction(this.#deps.store, async (tx) => {
      const desk = new IncidentDesk(tx, now);
      const results: (() => void)[] = [];
      for (const { work } of batch) results.push(await work(desk));
      const news = await desk.flush();
      await this.#deps.queue(tx, news.changes);
      return { done: results, events: await appendEvents(tx, news.events), untold: news.untold };
    });
    for (const { data } of events) if ('incident_id' in data) this.#untold.delete(data.incident_id);
    if (untold.length > 0) this.#tellLater(untold);
    if (events.length > 0) this.#deps.publish(events);
    return done;
  }

  /** The last of a row of repeats is told too, when the time has passed in which the next one might have come. */
  #tellLater(ids: readonly string[]): void {
    for (const id of ids) this.#untold.add(id);
    if (this.#closed) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const due = [...this.#untold];
      this.#untold.clear();
      this.write((desk) => tellAgain(desk, due)).catch((error: unknown) =>
        this.#deps.log('warn', 'repeats of incidents could not be told', { why: String(error) }),
      );
    }, TELL_AGAIN_MS);
  }
}

/** Whether it says nothing of what was to be written. */
function isOfStore(error: unknown): boolean {
  const code = errorCodeOf(error);
  return code === 'unavailable' || code === 'overloaded';
}

async function tellAgain(desk: IncidentDesk, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const incident = await incidentById(desk.tx, id);
    if (incident === null) continue;
    const latest = desk.latest(incident);
    desk.put({ ...latest, told_at: 0 });
    desk.tell(latest, 'again');
  }
}
