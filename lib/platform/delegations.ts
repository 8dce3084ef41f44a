import type { DelegationRow, EndedDelegationState } from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { type DelegationNews, isEnded, nextStep } from '#lib/domain/delegation-run.ts';
import { insertAudit } from '#lib/store/audit.ts';
import { claimKey, insertTexts } from '#lib/store/delegation-texts.ts';
import { delegationById, insertDelegation } from '#lib/store/delegations.ts';
import { type CarryingMessage, openDelegations, strayMessages } from '#lib/store/delegations-open.ts';
import { messageById } from '#lib/store/messages.ts';
import { type Actor, eventActorOf, platformActor } from './actor.ts';
import { DelegationBook, eventsOf, type OpenDelegation } from './delegation-book.ts';
import { handOver, movedNow, newsOfMessage } from './delegation-courier.ts';
import type { MovedMessage } from './delivery-box.ts';
import type { Deps } from './deps.ts';

/** So many of one workspace may be open at once; more are refused. */
const MAX_OPEN = 5000;
/** The clock of the machine may be set, so that the next due one is looked for at least this often. */
const LONGEST_NAP_MS = 60_000;
const SHORTEST_NAP_MS = 100;
const AGAIN_MS = 1000;
const LOOP = platformActor('delegations');

type Json = Record<string, unknown>;

export interface NewDelegation {
  row: DelegationRow;
  task: string;
  response: string;
  /** With when its validity began at the earliest (epoch ms). */
  key: { key: string; validFrom: number } | null;
}

/**
 * Delegations: kept before anything else is done with them, handed to the queue of their target, which survives the death of
 * everybody, and brought to exactly one end. The states and who may leave them: `nextStep`. `DelegationBook.enter` alone
 * changes a row.
 *
 * After a kill every open one is taken up from what the store says of it and of its message; one whose message is not in
 * the queue is handed over again. Its time is watched by one timer to the next that is due.
 */
export class Delegations {
  readonly #deps: () => Deps;
  readonly #book: DelegationBook;
  #running = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #leave = () => {};

  constructor(deps: () => Deps) {
    this.#deps = deps;
    this.#book = new DelegationBook(deps);
  }

  get open(): OpenDelegation[] {
    return this.#book.all;
  }

  /** How many ended in each way within the last 24 hours. */
  endedOfDay(): Promise<Record<EndedDelegationState, number>> {
    return this.#book.endedOfDay.read();
  }

  find(id: string): OpenDelegation | undefined {
    return this.#book.find(id);
  }

  /** Reads what is open. After `Delivery.recover`, and before anything is delivered. */
  async recover(): Promise<void> {
    const deps = this.#deps();
    deps.delivery.onMoved = (news) => this.#hear(news);
    for (const { row, message } of await openDelegations(deps.store.db)) {
      const open = this.#book.add(row);
      try {
        if (message) this.#takeUp(open, message);
      } catch (thrown) {
        deps.log('error', 'a delegation could not be taken up', { delegation_id: open.id, why: String(thrown) });
        this.#surely(this.apply(open, { kind: 'failure', reason: { kind: 'unreadable' } }));
      }
      this.#endOrphan(open);
    }
    // After the answers that came, and before anything is handed over.
    await Promise.all(this.#expire());
    const why = 'The delegation that it carries has ended';
    for (const queueId of await strayMessages(deps.store.db)) await deps.delivery.giveUp(queueId, why, LOOP);
  }

  /** Hands over, and ends what is due, from now on. */
  begin(): void {
    this.#running = true;
    this.#leave = this.#deps().feed.subscribe((item) => {
      if (item.kind === 'ledger' && item.event.type === 'workspace.removed') for (const open of this.open) this.#endOrphan(open);
    });
    this.#handOverPending();
    this.#watch();
  }

  /** Begins nothing more. What is open is taken up by the next platform. */
  close(): void {
    this.#running = false;
    this.#leave();
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
  }

  /**
   * Keeps a new one, and hands it over. Answers the delegation that its key or its id stands for already; null: it is new. Rejects with
   * `overloaded` when its source has too many open.
   */
  async give({ row, task, response, key }: NewDelegation, actor: Actor): Promise<string | null> {
    const deps = this.#deps();
    if (this.#book.countOf(row.source_id) >= MAX_OPEN) {
      throw new CanvasError(
        'overloaded',
        `Workspace ${row.source_id} has ${MAX_OPEN} delegations open already. Wait for some of them to end.`,
      );
    }
    const holder = await deps.writer.write(async (tx) => {
      const { delegation_id, source_id, created_at } = row;
      const known = key && (await claimKey(tx, { source_id, key: key.key, delegation_id, created_at }, key.validFrom));
      if (known) return { result: known };
      if (!(await insertDelegation(tx, row))) return { result: delegation_id };
      await insertTexts(tx, delegation_id, { task, response });
      if (actor.kind === 'operator') {
        const detail = { delegation_id, target_id: row.target_id };
        await insertAudit(tx, { at: created_at, verb: 'delegate', actor: eventActorOf(actor), workspace_id: source_id, detail });
      }
      return { result: null, events: eventsOf(row, actor, created_at, true) };
    });
    if (holder === null && isEnded(row.status)) this.#book.endedOfDay.add(row.status);
    else if (holder === null) this.#takeIn(row, task);
    return holder;
  }

  /**
   * The same as `find`, for one that the store has open: also when only the store knows of it, as it does when a commit came
   * through and its answer was lost.
   */
  async findOrTakeIn(id: string): Promise<OpenDelegation | undefined> {
    if (this.#book.find(id)) return this.#book.find(id);
    // Read among the writes: an end of it that is on its way is there by then.
    const row = await this.#deps().writer.write(async (tx) => ({ result: await delegationById(tx, id) }));
    if (row && !isEnded(row.status) && !this.#book.find(id)) this.#takeIn(row, null);
    return this.#book.find(id);
  }

  /** Ends it, or moves it on, by what is heard of it. Answers the row as it is then; null: it had ended before, or nothing moved. */
  async apply(open: OpenDelegation, news: DelegationNews, actor: Actor = LOOP): Promise<DelegationRow | null> {
    const step = nextStep(open, news, this.#deps().now());
    if (!step) return null;
    const row = await this.#book.enter(open, step, actor);
    // Nothing of it goes on at the target: also when its message failed there, nobody may send it again.
    if (row && isEnded(row.status) && row.queue_id !== null)
      await this.#deps().delivery.giveUp(row.queue_id, row.error || 'It has ended', LOOP);
    return row;
  }

  /** Tries one that waits at once. */
  hurry(open: OpenDelegation): void {
    if (open.queue_id === null) void this.#handOver(open, null);
    else this.#deps().delivery.hurry(open.queue_id);
  }

  /** Ends what is due, and sets the timer to the next. */
  sweep(): void {
    for (const ended of this.#expire()) this.#surely(ended);
    this.#watch();
  }

  #expire(): Promise<unknown>[] {
    const now = this.#deps().now();
    const due = this.open.filter(({ expires_at }) => expires_at <= now);
    return due.map((open) => this.apply(open, { kind: 'expiry', why: open.why }));
  }

  #takeIn(row: DelegationRow, task: string | null): void {
    const open = this.#book.add(row);
    if (row.expires_at < this.#dueAt) this.#watch();
    this.#endOrphan(open);
    if (row.origin === 'platform') void this.#handOver(open, task);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    if (!this.#running) return;
    this.#dueAt = this.open.reduce((least, { expires_at }) => Math.min(least, expires_at), Number.POSITIVE_INFINITY);
    const nap = Math.min(Math.max(this.#dueAt - this.#deps().now(), SHORTEST_NAP_MS), LONGEST_NAP_MS);
    this.#timer = setTimeout(() => this.sweep(), nap).unref();
  }

  #hear(news: MovedMessage): void {
    const open = this.#book.find(news.delegation_id);
    if (!open) return;
    open.why = news.state === 'waiting' ? news.why : '';
    const ended = newsOfMessage(news, this.#deps(), open);
    if (news.state === 'expired') this.#handOverAnew(open);
    else if (ended) this.#surely(this.apply(open, ended));
    else this.#hearOpen(open, news);
  }

  #hearOpen(open: OpenDelegation, { state, attempts, queue_id, held }: MovedMessage): void {
    if (state !== 'waiting' && state !== 'delivering') return;
    this.#surely(this.apply(open, { kind: 'message', state, attempts, queue_id, held: held !== null }));
  }

  /** One that the store tells of, with its message as it was when the platform before this one ended. */
  #takeUp(open: OpenDelegation, { answer, ...message }: CarryingMessage): void {
    open.queue_id = message.queue_id;
    this.#hear({ ...movedNow(this.#deps(), open, message), ...(answer === null ? {} : { answer: JSON.parse(answer) as Json }) });
  }

  #handOverPending(): void {
    clearTimeout(this.#again);
    this.#again = undefined;
    // The oldest of each target asks whether there is room; the others come after it.
    const asked = new Set<string>();
    for (const open of this.open) {
      if (open.queue_id !== null || open.origin !== 'platform' || asked.has(open.target_id)) continue;
      asked.add(open.target_id);
      void this.#handOverAllOf(open.target_id);
    }
  }

  async #handOverAllOf(targetId: string): Promise<void> {
    for (const open of this.open) {
      if (open.target_id !== targetId || open.queue_id !== null || open.origin !== 'platform') continue;
      if (!(await this.#handOver(open, null))) return;
    }
  }

  /** Answers whether the queue took it. Never rejects. */
  async #handOver(open: OpenDelegation, task: string | null): Promise<boolean> {
    if (!this.#running || open.handingOver) return this.#running;
    open.handingOver = true;
    try {
      const handed = await handOver(this.#deps(), open, task);
      open.why = handed.kind === 'later' ? handed.why : handed.kind === 'there' && handed.news.state === 'waiting' ? handed.news.why : '';
      if (handed.kind === 'later') return this.#tryLater();
      if (handed.kind === 'expired') await this.#sendAgain(open, handed.queue_id);
      else if (handed.kind === 'ended') await this.apply(open, handed.news);
      else if (this.#book.find(open.id)) this.#hearOpen(open, handed.news);
      else await this.#deps().delivery.giveUp(handed.news.queue_id, 'The delegation that it carries has ended', LOOP);
      return true;
    } catch (thrown) {
      this.#deps().log('error', 'a delegation could not be handed over', { delegation_id: open.id, why: String(thrown) });
      return this.#tryLater();
    } finally {
      open.handingOver = false;
    }
  }

  #tryLater(): false {
    if (this.#running) this.#again ??= setTimeout(() => this.#handOverPending(), AGAIN_MS).unref();
    return false;
  }

  /** Its message is in the queue no more: it is pending until the queue has it again. */
  #handOverAnew(open: OpenDelegation): void {
    open.queue_id = null;
    void this.#handOver(open, null);
  }

  /** A message waits for a day, a delegation perhaps longer. */
  async #sendAgain(open: OpenDelegation, queueId: string): Promise<void> {
    const { store, delivery, now } = this.#deps();
    if (open.expires_at <= now()) return;
    const message = await messageById(store.db, queueId);
    if (message) await delivery.retry(message.head, LOOP);
  }

  #endOrphan(open: OpenDelegation): void {
    const { fleet } = this.#deps();
    const reason = !fleet.find(open.source_id) ? 'source_removed' : !fleet.find(open.target_id) ? 'target_removed' : null;
    if (reason) this.#surely(this.apply(open, { kind: 'failure', reason: { kind: reason } }));
  }

  /** What could not be written is taken up again by the next platform. */
  #surely(work: Promise<unknown>): void {
    work.catch((thrown: unknown) => this.#deps().log('warn', 'a delegation was not brought on', { why: String(thrown) }));
  }
}
