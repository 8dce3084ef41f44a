import { CanvasError } from '#lib/contract/errors.ts';
import { MESSAGE_TTL_MS } from '#lib/contract/messages.ts';
import type { RunQueue } from '#lib/contract/restarts.ts';
import { type DeliveryOutcome, MAX_STRIKES, pauseAfter } from '#lib/domain/delivery-outcome.ts';
import { insertMessage, type MessageHead, messageByKey, openMessages, putBackDelivering, statesOfRun } from '#lib/store/messages.ts';
import { newId } from '#lib/store/new-id.ts';
import { type Actor, platformActor } from './actor.ts';
import { keptAnswer } from './delivery-answer.ts';
import { attemptDelivery, whyHeldNow } from './delivery-attempt.ts';
import { DeliveryBook, entryOf } from './delivery-book.ts';
import type { DeliveryBox, IncomingMessage, QueuedEntry, UnderWay } from './delivery-box.ts';
import { tellCallers } from './delivery-callers.ts';
import type { DeliveryWriter } from './delivery-writer.ts';
import type { Deps } from './deps.ts';
import type { HeldMessages } from './held-messages.ts';

/** So many messages to one workspace may be with its agent at once. */
const AT_ONCE = 8;
/** So many to one workspace may be open at once; more are refused. */
const MAX_OPEN = 5000;
const SWEEP_MS = 30_000;
const QUEUE = platformActor('delivery');

/** One that has ended before, or one that is open. */
export type Accepted = { ended: NonNullable<Awaited<ReturnType<typeof messageByKey>>> } | { entry: QueuedEntry };

/**
 * Messages to workspaces: kept before anything else is done with them, delivered in order per sender (its *lane*), one of
 * a lane and eight of a workspace at once, while the workspace's gate is open (`whyHeldNow`).
 *
 *   waiting     in the store; not with the agent      its turn, gate open → delivering · 24 h → expired · dropped
 *   delivering  in the store as such, and then handed to the agent, perhaps; nothing else of its lane is
 *                                                     an answer → answered · no answer, or it was not taken → waiting,
 *                                                     `redelivered` if it may have been begun · the fifth answer that
 *                                                     makes no sense → failed
 *   failed      a person must decide; its lane goes on                       retried → waiting · dropped
 *   answered, dropped                                                        (final)
 *   expired                                                                  retried → waiting
 *
 * A message begins as `waiting`, or as `delivering` when its turn has come at once. What is `delivering` when the platform
 * dies is `waiting` and `redelivered` when it comes back, before anything is delivered. `DeliveryBook.enter` alone changes
 * the state of a row: in memory at once, in the store in the order of the calls; what goes out waits for the store.
 */
export class Delivery implements HeldMessages {
  readonly #deps: () => Deps;
  readonly #book: DeliveryBook;
  readonly #writer: DeliveryWriter;
  #state: 'closed' | 'open' | 'ended' = 'closed';
  #sweeper: ReturnType<typeof setInterval> | undefined;

  constructor(deps: () => Deps, writer: DeliveryWriter) {
    this.#deps = deps;
    this.#writer = writer;
    this.#book = new DeliveryBook(deps, writer);
  }

  /** Reads what is open, and puts back what was with an agent. Before any message is accepted. */
  async recover(): Promise<void> {
    const { store } = this.#deps();
    await this.#writer.write(async (tx) => ({ result: await putBackDelivering(tx, 'The platform ended while it was with the agent') }));
    for (const head of await openMessages(store.db)) {
      const entry = entryOf(head, Promise.resolve(true));
      entry.isStored = true;
      this.#book.add(entry);
    }
    for (const id of this.#book.workspaces) this.#book.recount(id);
  }

  /** Delivers from now on. */
  begin(): void {
    if (this.#state !== 'closed') return;
    this.#state = 'open';
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
    for (const id of this.#book.workspaces) this.poke(id);
  }

  /** Delivers nothing more, and lets those who wait for an answer go; what is with an agent may still end well. */
  hold(): void {
    if (this.#state === 'open') this.#state = 'closed';
    clearInterval(this.#sweeper);
    for (const entry of this.#book.entries) tellCallers(entry, { kind: 'closing' });
  }

  /** Lets go of what is with an agent: it stays `delivering` in the store, as after a kill. */
  async close(): Promise<void> {
    this.abandon();
    await this.#writer.close();
  }

  /** The same, and writes nothing more. */
  abandon(): void {
    this.hold();
    this.#state = 'ended';
    for (const id of this.#book.workspaces) {
      const box = this.#book.box(id);
      clearTimeout(box?.timer);
      for (const { abort } of box?.underWay.values() ?? []) abort.abort();
    }
  }

  /**
   * Keeps a message; resolves once it is in the store. The same one again (same lane, same `message_id`) is the one that is
   * there. Rejects with `overloaded` when too many are open, and with what the store refuses with.
   */
  async accept(message: IncomingMessage): Promise<Accepted> {
    const known = this.#book.box(message.workspace_id)?.find(message.lane, message.message_id);
    const entry = known ?? this.#admit(message);
    if (await entry.stored) return { entry };
    const ended = await messageByKey(this.#deps().store.db, message);
    // A retry may have opened it again meanwhile.
    const open = ended && this.#book.find(ended.queue_id);
    if (ended) return open ? { entry: open } : { ended };
    throw new CanvasError('overloaded', `Message ${message.message_id} was removed at this very moment. Send it again.`);
  }

  waiting(workspaceId: string): number {
    return this.#book.box(workspaceId)?.waiting ?? 0;
  }

  underWay(workspaceId: string): number {
    return this.#book.box(workspaceId)?.underWay.size ?? 0;
  }

  /** Whether an earlier message of its sender has its turn before it. */
  isBehind(queueId: string): boolean {
    const entry = this.#book.find(queueId);
    return entry !== undefined && this.#book.box(entry.workspace_id)?.isBehind(entry) === true;
  }

  async ofRun(runId: string): Promise<RunQueue> {
    const { waiting, delivering, answered, failed, expired, dropped } = await statesOfRun(this.#deps().store.db, runId);
    return { waiting: waiting + delivering, delivered: answered, failed: failed + expired + dropped };
  }

  poke(workspaceId: string): void {
    const box = this.#book.box(workspaceId);
    if (!box || this.#state !== 'open') return;
    const live = this.#deps().fleet.find(workspaceId);
    if (!live) {
      this.#dropAll(box);
      return;
    }
    for (const { abort, boot } of box.underWay.values()) {
      const { boot_id, booted_at, ended_at } = live.facts;
      const ended = ended_at !== null && ended_at !== boot.ended_at;
      if (ended || boot_id !== boot.boot_id || booted_at !== boot.booted_at) abort.abort();
    }
    const held = whyHeldNow(live);
    if (held === null && box.held !== null) for (const entry of box.entries()) entry.dueAt = 0;
    box.held = held;
    this.#pump(box, workspaceId);
  }

  /** Never delivers it. Rejects with `conflict` when it is with the agent, or has ended. */
  async drop(queueId: string, reason: string, actor: Actor): Promise<void> {
    const entry = this.#book.find(queueId);
    if (!entry) throw new CanvasError('conflict', `Message ${queueId} has ended already: there is nothing to drop.`);
    if (entry.state === 'delivering') {
      throw new CanvasError('conflict', `Message ${queueId} is with the agent now; it can be dropped when it waits or has failed.`);
    }
    await this.#book.enter(entry, { state: 'dropped', why: reason }, actor);
  }

  /** Delivers a failed or expired one again. Rejects with `conflict` when it is neither. */
  async retry(row: MessageHead, actor: Actor): Promise<void> {
    const entry = this.#book.find(row.id) ?? (row.state === 'expired' ? entryOf(row, Promise.resolve(true)) : undefined);
    if (!entry || (entry.state !== 'failed' && entry.state !== 'expired')) {
      throw new CanvasError('conflict', `Message ${row.id} is ${entry?.state ?? row.state}: only a failed or expired one can be retried.`);
    }
    Object.assign(entry, { isStored: true, dueAt: 0, failures: 0, strikes: 0, end: null });
    await this.#book.enter(entry, { state: 'waiting', expires_at: this.#deps().now() + MESSAGE_TTL_MS, ended_at: null, why: '' }, actor);
    this.poke(row.workspace_id);
  }

  /** Ends what has waited too long. */
  sweep(): void {
    const now = this.#deps().now();
    for (const entry of this.#book.entries) {
      if (entry.state !== 'waiting' || !entry.isStored || entry.expires_at > now) continue;
      void this.#book.enter(entry, { state: 'expired', why: 'It waited for 24 hours' }, QUEUE).catch(() => {});
    }
  }

  #admit(message: IncomingMessage): QueuedEntry {
    const deps = this.#deps();
    const live = deps.fleet.get(message.workspace_id);
    const box = this.#book.box(message.workspace_id);
    if (box && box.size >= MAX_OPEN) {
      throw new CanvasError('overloaded', `${box.size} messages wait for workspace ${live.row.name} already. Send it again later.`);
    }
    const now = deps.now();
    const held = whyHeldNow(live);
    const hasRoom = !box || (box.isFree(message.lane) && box.underWay.size < AT_ONCE);
    const atOnce = this.#state === 'open' && held === null && hasRoom;
    const { request, summary, ...named } = message;
    const head: MessageHead = {
      ...named,
      id: newId(),
      state: atOnce ? 'delivering' : 'waiting',
      attempts: atOnce ? 1 : 0,
      redelivered: false,
      created_at: now,
      expires_at: now + MESSAGE_TTL_MS,
    };
    const rest = { request, summary, delivered_at: atOnce ? now : null, run_id: live.run?.id ?? null, why: held ?? '' };
    const stored = this.#writer.write(async (tx) => ({ result: await insertMessage(tx, { ...head, ...rest }) }));
    const entry = entryOf(head, stored);
    const work = atOnce ? this.#workOf(entry) : undefined;
    this.#book.add(entry, work);
    stored.then(
      (isNew) => {
        entry.isStored = isNew;
        if (!isNew) this.#book.forget(entry);
        else if (work) void this.#carry(work, request);
        else if (live.facts.status === 'paused' && live.row.wake_on_message) deps.runs.wake(entry.workspace_id);
        this.poke(entry.workspace_id);
      },
      () => {
        this.#book.forget(entry);
        this.poke(entry.workspace_id);
      },
    );
    return entry;
  }

  #pump(box: DeliveryBox, workspaceId: string): void {
    clearTimeout(box.timer);
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    if (box.held === null) {
      for (const head of box.heads()) {
        if (box.underWay.size >= AT_ONCE) break;
        if (!head.isStored) continue;
        if (head.dueAt > now) next = Math.min(next, head.dueAt);
        else this.#deliver(head);
      }
    }
    if (next !== Number.POSITIVE_INFINITY) box.timer = setTimeout(() => this.poke(workspaceId), next - now + 1).unref();
    this.#book.recount(workspaceId);
  }

  #deliver(entry: QueuedEntry): void {
    const work = this.#workOf(entry);
    const change = { state: 'delivering', attempts: entry.attempts + 1, delivered_at: this.#deps().now() } as const;
    this.#book.enter(entry, change, QUEUE, work).then(
      () => this.#carry(work, null),
      () => {},
    );
  }

  async #carry(work: UnderWay, request: string | null): Promise<void> {
    const { entry } = work;
    const outcome: DeliveryOutcome =
      this.#state === 'open'
        ? await attemptDelivery(this.#deps(), work, request)
        : { kind: 'put_back', begun: false, why: 'The platform is ending' };
    if (this.#state === 'ended') return;
    await this.#conclude(entry, outcome).catch(() => {});
    this.poke(entry.workspace_id);
  }

  #conclude(entry: QueuedEntry, outcome: DeliveryOutcome): Promise<void> {
    if (outcome.kind === 'answered') {
      return this.#book.enter(entry, { state: 'answered', answer: keptAnswer(outcome.answer), why: '' }, QUEUE, undefined, {
        kind: 'answered',
        answer: outcome.answer,
      });
    }
    const { why, begun } = outcome;
    entry.failures += 1;
    if (outcome.kind === 'struck') entry.strikes += 1;
    entry.dueAt = performance.now() + pauseAfter(entry.failures);
    const marks = { redelivered: entry.redelivered || begun, attempts: begun ? entry.attempts : entry.attempts - 1 };
    if (entry.strikes >= MAX_STRIKES)
      return this.#book.enter(entry, { state: 'failed', ...marks, why: `${why}, ${entry.strikes} times` }, QUEUE);
    const run = this.#deps().fleet.find(entry.workspace_id)?.run;
    const due_at = this.#deps().now() + pauseAfter(entry.failures);
    return this.#book.enter(entry, { state: 'waiting', ...marks, why, due_at, ...(run ? { run_id: run.id } : {}) }, QUEUE);
  }

  #dropAll(box: DeliveryBox): void {
    for (const { abort } of box.underWay.values()) abort.abort();
    for (const entry of box.entries()) {
      if (entry.state === 'delivering' || !entry.isStored) continue;
      void this.#book.enter(entry, { state: 'dropped', why: 'The workspace was removed' }, QUEUE).catch(() => {});
    }
  }

  #workOf(entry: QueuedEntry): UnderWay {
    const { boot_id, booted_at, ended_at } = this.#deps().fleet.get(entry.workspace_id).facts;
    return { entry, abort: new AbortController(), boot: { boot_id, booted_at, ended_at } };
  }
}
