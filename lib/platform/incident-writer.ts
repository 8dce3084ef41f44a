import { errorCodeOf } from '#lib/contract/errors.ts';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { type Db, inTransaction } from '#lib/store/in-transaction.ts';
import { incidentById } from '#lib/store/incidents.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import type { Store } from '#lib/store/store.ts';
import type { Log } from './deps.ts';
import { type DeskNews, IncidentDesk, TELL_AGAIN_MS } from './incident-desk.ts';

const BATCH = 200;
const GATHER_MS = 5;

type Work<T> = (desk: IncidentDesk) => Promise<T>;

export interface IncidentWriterDeps {
  store: Store;
  oneAtATime: <T>(work: () => Promise<T>) => Promise<T>;
  publish: (events: LedgerEvent[]) => void;
  /** Puts what is worth a message into the outbox, in the same transaction. */
  queue: (tx: Db, changes: DeskNews['changes']) => Promise<void>;
  now: () => number;
  log: Log;
  /** How long a batch waits at most for as many as the one before it held. */
  gatherMs?: number;
}

interface Entry {
  work: (desk: IncidentDesk) => Promise<() => void>;
  failed: (error: unknown) => void;
}

/**
 * The one place where incidents change: what arrives together goes into one transaction, so that a flood of messages from
 * one workspace is one row written a few times.
 *
 * States: *idle* (nothing queued) → *gathering* (for a moment, when the batch before held more: who was answered together
 * mostly comes back together) → *writing* (one batch in a transaction; newcomers queue) → *gathering* | *idle*. When one of a batch cannot be written, each is written by itself, so that it is refused alone; a store that does not answer is
 * asked once, and refused to all: they know whether to try again. `#run` alone moves.
 */
export class IncidentWriter {
  readonly #deps: IncidentWriterDeps;
  #queue: Entry[] = [];
  #running: Promise<void> | null = null;
  /** How many the last batch held. */
  #expected = 1;
  #enough: (() => void) | null = null;
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
      if (this.#queue.length >= this.#expected) this.#enough?.();
      this.#running ??= this.#run();
    });
  }

  /** Writes what is queued; repeats that were not told yet are told by whoever reads next. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#enough?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      await this.#gather();
      const batch = this.#queue.splice(0, BATCH);
      this.#expected = batch.length;
      await this.#settle(batch);
    }
    this.#running = null;
  }

  /** Waits only when several came last time: one caller who waits for each answer would wait for nobody. */
  async #gather(): Promise<void> {
    await turnOfLoop();
    if (this.#queue.length >= this.#expected || this.#closed) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#deps.gatherMs ?? GATHER_MS);
      this.#enough = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#enough = null;
    await turnOfLoop();
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
    if (!this.#closed && this.#timer === null) this.#tellAt(this.#deps.now() + TELL_AGAIN_MS);
  }

  /** `at` by the platform's clock, which a machine's timer may be ahead of. */
  #tellAt(at: number): void {
    const wait = Math.min(Math.max(at - this.#deps.now(), 1), TELL_AGAIN_MS);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#deps.now() < at) return this.#tellAt(at);
      const due = [...this.#untold];
      this.#untold.clear();
      this.write((desk) => tellAgain(desk, due)).catch((error: unknown) =>
        this.#deps.log('warn', 'repeats of incidents could not be told', { why: String(error) }),
      );
    }, wait);
  }
}

/** What arrives within one turn of the loop joins the same batch. */
function turnOfLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
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
