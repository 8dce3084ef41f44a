import { CanvasError, errorCodeOf, RETRYABLE } from '#lib/contract/errors.ts';
import type { EventActor, LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import { whySkipped } from '#lib/domain/bulk-skip.ts';
import { type BulkCause, bulkAfter } from '#lib/domain/bulk-state.ts';
import {
  type BulkCounts,
  bulkById,
  bulkItemsOf,
  noCounts,
  openBulks,
  runOfBulkItem,
  type StoredBulk,
  type StoredBulkItem,
  skipPendingItems,
  updateBulk,
  updateBulkItem,
} from '#lib/store/bulk-restarts.ts';
import { type Db, inTransaction } from '#lib/store/in-transaction.ts';
import { appendEvents } from '#lib/store/ledger.ts';
import { eventActorOf, platformActor } from './actor.ts';
import { bulkSubjectOf } from './bulk-subject.ts';
import type { Deps } from './deps.ts';
import { keepTrying } from './keep-trying.ts';

/** What begins restart runs, and tells how they ended. */
export interface RunStarter {
  /** Begins a run, or joins the open one. Rejects with `CanvasError` when it makes no sense (`conflict`, `gone`, …). */
  request(input: {
    workspaceId: string;
    kind: 'restart';
    origin: 'bulk';
    actor: EventActor;
    reason: string | null;
    /** Null: without a limit. */
    deadlineSeconds: number | null;
    force: boolean;
    bulkId: string;
  }): Promise<{ id: string; state: RunStep }>;
  /** Resolves once the run has ended; at once when it has. Rejects with `not_found` for one that nobody knows. */
  whenEnded(runId: string): Promise<{ state: 'done' | 'cancelled' | 'failed'; why: string }>;
}

/** A change inside a transaction; `commit` brings memory in line after it. */
interface BulkChange {
  events: NewEvent[];
  commit: () => void;
}

interface Held {
  row: StoredBulk;
  /** By position. */
  items: StoredBulkItem[];
  counts: BulkCounts;
  /** Everything before it has begun or was skipped. */
  next: number;
  /** Turns that are being taken now, and whether somebody asked for more meanwhile. */
  taking: Promise<void> | null;
  again: boolean;
}

/** Items of one transaction: more would hold everybody else's writes. */
const BATCH = 200;
const COORDINATOR = eventActorOf(platformActor('bulk restarts'));

/**
 * All bulk restarts that have not ended. The states of one are described above `bulkAfter`; those of an item:
 *
 *   pending   its turn has not come. Ends: it comes, and it is looked at again; or the bulk is aborted.
 *   running   it holds one of `concurrency` places. It is written before its run is asked for (no `run_id` yet), so that
 *             no more runs begin than there are places, whatever is killed when. Ends: with its run; or its run is refused.
 *   done, failed, cancelled   the outcome of its run, also of one that somebody else began and that it joined.
 *   skipped   there was a reason when its turn came, its run was refused, or the bulk was aborted before.
 *
 * `#changeIn` alone changes either. What is in the store is all there is: a platform that begins again takes every open
 * bulk over, follows the runs that it began, and asks again for those of which there is no trace.
 */
export class BulkRestarts {
  readonly #getDeps: () => Deps;
  readonly #runs: () => RunStarter;
  readonly #open = new Map<string, Held>();
  readonly #closing = new AbortController();

  constructor(deps: () => Deps, runs: () => RunStarter) {
    this.#getDeps = deps;
    this.#runs = runs;
  }

  /** Takes over what the store knows as open. Call it once runs can be asked for. */
  async recover(): Promise<void> {
    const { db } = this.#getDeps().store;
    for (const row of await openBulks(db)) {
      const held = this.#hold(row, await bulkItemsOf(db, row.id));
      for (const item of held.items.filter(({ state }) => state === 'running')) {
        const run_id = item.run_id ?? (await runOfBulkItem(db, row.id, item.workspace_id));
        void this.#lead(held, { ...item, run_id });
      }
      void this.takeTurns(row.id);
    }
  }

  /** Leaves everything where it is, once what is being written is written. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#getDeps().oneAtATime(async () => undefined);
  }

  /** Takes one over that was just committed, all of it pending. */
  begin(row: StoredBulk, items: StoredBulkItem[]): void {
    this.#hold(row, items);
    void this.takeTurns(row.id);
  }

  /**
   * A person pauses, resumes or aborts it, inside the transaction that the caller holds `oneAtATime`; `takeTurns` then
   * carries a resume out. Rejects with `not_found`, and with `conflict` when it is too late.
   */
  async commandIn(tx: Db, id: string, cause: BulkCause, actor: EventActor, now: number): Promise<BulkChange> {
    const held = this.#open.get(id);
    if (held) return this.#changeIn(tx, held, [], cause, actor, now);
    const row = await bulkById(tx, id);
    if (!row) throw new CanvasError('not_found', `There is no bulk restart ${id}.`);
    bulkAfter(row, noCounts(), cause, now);
    return { events: [], commit: () => undefined };
  }

  /** Begins as many items as there are places for, as long as it is running. Resolves when there is no place or no item left. */
  async takeTurns(id: string): Promise<void> {
    const held = this.#open.get(id);
    if (!held) return;
    held.again = true;
    held.taking ??= this.#takeAll(held);
    await held.taking;
  }

  async #takeAll(held: Held): Promise<void> {
    while (held.again) {
      held.again = false;
      const taken = await this.#keep(held, () => this.#write(held, () => this.#turn(held), { kind: 'outcome', failure: null }));
      for (const item of taken ?? []) if (item.state === 'running') void this.#lead(held, item);
    }
    held.taking = null;
  }

  /** What comes next, in order: left out when there is a reason now, else it takes a place. */
  #turn(held: Held): StoredBulkItem[] {
    const deps = this.#getDeps();
    const turn: StoredBulkItem[] = [];
    let places = held.row.state === 'running' ? held.row.concurrency - held.counts.running : 0;
    for (let at = held.next; at < held.items.length && places > 0; at += 1) {
      const item = held.items[at];
      if (item?.state !== 'pending') continue;
      if (turn.length === BATCH) {
        held.again = true;
        break;
      }
      const why = whySkipped(bulkSubjectOf(deps, item.workspace_id), held.row.busy);
      if (why === '') places -= 1;
      turn.push(why === '' ? { ...item, state: 'running' } : { ...item, state: 'skipped', why, ended_at: deps.now() });
    }
    return turn;
  }

  /** Follows one item from its place to its outcome. */
  async #lead(held: Held, item: StoredBulkItem): Promise<void> {
    const asked = item.run_id === null ? await this.#keep(held, () => this.#ask(held, item)) : item;
    if (asked === null) return;
    if (asked.state === 'running') await this.#keep(held, () => this.#write(held, () => [asked], null));
    const ended = asked.state === 'running' ? await this.#keep(held, () => this.#follow(asked)) : asked;
    if (ended === null) return;
    const failure = ended.state === 'failed' ? { name: ended.name, why: ended.why } : null;
    await this.#keep(held, () => this.#write(held, () => [{ ...ended, ended_at: this.#getDeps().now() }], { kind: 'outcome', failure }));
    await this.takeTurns(held.row.id);
  }

  /** Its run, or that it will have none. Rejects when the same may be asked again later. */
  async #ask(held: Held, item: StoredBulkItem): Promise<StoredBulkItem> {
    const { id, actor, reason, deadline_seconds, force, state, why } = held.row;
    if (state === 'aborted') return { ...item, state: 'skipped', why };
    try {
      const asked = { workspaceId: item.workspace_id, actor, reason, deadlineSeconds: deadline_seconds, force, bulkId: id };
      const run = await this.#runs().request({ ...asked, kind: 'restart', origin: 'bulk' });
      return { ...item, run_id: run.id };
    } catch (thrown) {
      const code = errorCodeOf(thrown);
      if (RETRYABLE[code]) throw thrown;
      if (code !== 'internal') return { ...item, state: 'skipped', why: (thrown as Error).message };
      this.#getDeps().log('error', 'a run of a bulk restart could not be begun', { bulk_id: id, why: String(thrown) });
      return { ...item, state: 'failed', why: 'Canvas failed to begin its restart; the log of Canvas has the details.' };
    }
  }

  async #follow(item: StoredBulkItem): Promise<StoredBulkItem> {
    try {
      return { ...item, ...(await this.#runs().whenEnded(item.run_id ?? '')) };
    } catch (thrown) {
      if (errorCodeOf(thrown) !== 'not_found') throw thrown;
      return { ...item, state: 'failed', why: 'Its restart run is not known any more.' };
    }
  }

  /** Changes items in a transaction of its own. They are chosen when it is this write's turn; none: nothing happens. */
  #write(held: Held, choose: () => StoredBulkItem[], cause: BulkCause | null): Promise<StoredBulkItem[]> {
    const deps = this.#getDeps();
    return deps.oneAtATime(async () => {
      this.#closing.signal.throwIfAborted();
      const items = choose();
      if (items.length === 0) return items;
      let events: LedgerEvent[] = [];
      const change = await inTransaction(deps.store, async (tx) => {
        const made = await this.#changeIn(tx, held, items, cause, COORDINATOR, deps.now());
        events = await appendEvents(tx, made.events);
        return made;
      });
      change.commit();
      deps.feed.publish(events);
      return items;
    });
  }

  async #changeIn(
    tx: Db,
    held: Held,
    items: readonly StoredBulkItem[],
    cause: BulkCause | null,
    actor: EventActor,
    now: number,
  ): Promise<BulkChange> {
    const counts = { ...held.counts };
    const move = (from: StoredBulkItem | undefined, to: StoredBulkItem) => {
      if (from) counts[from.state] -= 1;
      counts[to.state] += 1;
    };
    for (const item of items) move(held.items[item.position], item);
    const row = cause === null ? held.row : bulkAfter(held.row, counts, cause, now);
    if (row === held.row && items.length === 0) return { events: [], commit: () => undefined };
    for (const item of items) await updateBulkItem(tx, row.id, item);
    if (row !== held.row) await updateBulk(tx, row);
    const dropped = row.state === 'aborted' && held.row.state !== 'aborted' ? held.items.filter(({ state }) => state === 'pending') : [];
    const skipped = dropped.map((item) => ({ ...item, state: 'skipped' as const, why: row.why, ended_at: now }));
    if (skipped.length > 0) await skipPendingItems(tx, row.id, row.why, now);
    for (const item of skipped) move(held.items[item.position], item);
    const data = { bulk_id: row.id, state: row.state, why: row.why };
    return {
      events: [{ type: 'bulk.changed', workspace_id: null, actor, at: now, data }],
      commit: () => {
        Object.assign(held, { row, counts });
        for (const item of [...items, ...skipped]) held.items[item.position] = item;
        while (held.items[held.next] && held.items[held.next]?.state !== 'pending') held.next += 1;
        if (row.ended_at !== null) this.#open.delete(row.id);
      },
    };
  }

  #hold(row: StoredBulk, items: StoredBulkItem[]): Held {
    const counts = noCounts();
    for (const { state } of items) counts[state] += 1;
    const held = { row, items, counts, next: 0, taking: null, again: false };
    this.#open.set(row.id, held);
    return held;
  }

  /** Tries for as long as the platform runs: the store may refuse for a while, a bulk restart is not lost by it. */
  #keep<T>(held: Held, work: () => Promise<T>): Promise<T | null> {
    return keepTrying(work, this.#closing.signal, (error, failures) =>
      this.#getDeps().log('warn', 'a bulk restart could not go on; it is tried again', {
        bulk_id: held.row.id,
        failures,
        why: String(error),
      }),
    );
  }
}
