import { CanvasError } from '#lib/contract/errors.ts';
import type { NewEvent } from '#lib/contract/events.ts';
import { MESSAGE_TTL_MS } from '#lib/contract/messages.ts';
import type { RunQueue } from '#lib/contract/restarts.ts';
import { type DeliveryOutcome, MAX_STRIKES, pauseAfter } from '#lib/domain/delivery-outcome.ts';
import { insertAudit } from '#lib/store/audit.ts';
import {
  changeMessage,
  insertMessage,
  type MessageChange,
  type MessageHead,
  messageByKey,
  type NewMessage,
  openMessages,
  putBackDelivering,
  statesOfRun,
} from '#lib/store/messages.ts';
import { type Actor, eventActorOf, platformActor } from './actor.ts';
import { attemptDelivery, whyHeldNow } from './delivery-attempt.ts';
import { DeliveryBox, type DeliveryNews, type QueuedEntry, type UnderWay } from './delivery-box.ts';
import { keptAnswer } from './delivery-answer.ts';
import { DeliveryWriter } from './delivery-writer.ts';
import type { Deps } from './deps.ts';
import { touch } from './fleet.ts';
import type { HeldMessages } from './held-messages.ts';

/** So many messages to one workspace may be with its agent at once. */
const AT_ONCE = 8;
/** So many to one workspace may be open at once; more are refused. */
const MAX_OPEN = 5000;
const SWEEP_MS = 30_000;
const QUEUE = platformActor('delivery');

/** A message as its sender gives it. */
export type IncomingMessage = Pick<NewMessage, 'workspace_id' | 'lane' | 'message_id' | 'sender_id' | 'sender_name' | 'request' | 'summary'>;
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
 * dies is `waiting` and `redelivered` when it comes back, before anything is delivered. `#enter` alone changes the state
 * of a row: in memory at once, in the store in the order of the calls; what goes out of the platform waits for the store.
 */
export class Delivery implements HeldMessages {
  readonly #deps: () => Deps;
  readonly #boxes = new Map<string, DeliveryBox>();
  readonly #open = new Map<string, QueuedEntry>();
  readonly #writer: DeliveryWriter;
  #state: 'closed' | 'open' | 'ended' = 'closed';
  #sweeper: ReturnType<typeof setInterval> | undefined;

  constructor(deps: () => Deps, writer: DeliveryWriter) {
    this.#deps = deps;
    this.#writer = writer;
  }

  /** Reads what is open, and puts back what was with an agent. Before any message is accepted. */
  async recover(): Promise<void> {
    const { store } = this.#deps();
    await this.#writer.write(async (tx) => ({ result: await putBackDelivering(tx, 'The platform ended while it was with the agent') }));
    for (const head of await openMessages(store.db)) {
      const entry = this.#entryOf(head, Promise.resolve(true));
      entry.isStored = true;
      this.#box(head.workspace_id).place(entry);
      this.#open.set(entry.id, entry);
    }
    for (const id of this.#boxes.keys()) this.#recount(id);
  }

  /** Delivers from now on. */
  begin(): void {
    if (this.#state !== 'closed') return;
    this.#state = 'open';
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
    for (const id of [...this.#boxes.keys()]) this.poke(id);
  }

  /** Delivers nothing more, and lets those who wait for an answer go; what is with an agent may still end well. */
  hold(): void {
    if (this.#state === 'open') this.#state = 'closed';
    clearInterval(this.#sweeper);
    for (const entry of this.#open.values()) tell(entry, { kind: 'put_back' }, 'all');
  }

  /** Lets go of what is with an agent: it stays `delivering` in the store, as after a kill. */
  async close(): Promise<void> {
    this.hold();
    this.#state = 'ended';
    for (const box of this.#boxes.values()) {
      clearTimeout(box.timer);
      for (const work of box.underWay.values()) work.abort.abort();
    }
    await this.#writer.close();
  }

  /**
   * Keeps a message; resolves once it is in the store. The same one again (same lane, same `message_id`) is the one that is
   * there. Rejects with `overloaded` when too many are open, and with what the store refuses with.
   */
  async accept(message: IncomingMessage): Promise<Accepted> {
    const box = this.#box(message.workspace_id);
    const entry = box.find(message.lane, message.message_id) ?? this.#admit(box, message);
    if (await entry.stored) return { entry };
    const ended = await messageByKey(this.#deps().store.db, message);
    if (ended) return { ended };
    throw new CanvasError('overloaded', `Message ${message.message_id} was removed at this very moment. Send it again.`);
  }

  find(queueId: string): QueuedEntry | undefined {
    return this.#open.get(queueId);
  }

  waiting(workspaceId: string): number {
    return this.#boxes.get(workspaceId)?.waiting ?? 0;
  }

  underWay(workspaceId: string): number {
    return this.#boxes.get(workspaceId)?.underWay.size ?? 0;
  }

  async ofRun(runId: string): Promise<RunQueue> {
    const { waiting, delivering, answered, failed, expired, dropped } = await statesOfRun(this.#deps().store.db, runId);
    return { waiting: waiting + delivering, delivered: answered, failed: failed + expired + dropped };
  }

  poke(workspaceId: string): void {
    const box = this.#boxes.get(workspaceId);
    if (!box || this.#state !== 'open') return;
    const live = this.#deps().fleet.find(workspaceId);
    if (!live) return this.#dropAll(box);
    for (const { abort, boot } of box.underWay.values()) {
      const { boot_id, booted_at, ended_at } = live.facts;
      const ended = ended_at !== null && ended_at !== boot.ended_at;
      if (ended || boot_id !== boot.boot_id || booted_at !== boot.booted_at) abort.abort();
    }
    const held = whyHeldNow(live);
    if (held === null && box.held !== null) for (const entry of box.entries()) entry.dueAt = 0;
    box.held = held;
    this.#pump(box, workspaceId);
    if (live.facts.status === 'paused' && live.row.wake_on_message && box.waiting > 0) this.#deps().runs.wake(workspaceId);
  }

  /** Never delivers it. Rejects with `conflict` when it is with the agent, or has ended. */
  async drop(queueId: string, reason: string, actor: Actor): Promise<void> {
    const entry = this.#open.get(queueId);
    if (!entry) throw new CanvasError('conflict', `Message ${queueId} has ended already: there is nothing to drop.`);
    if (entry.state === 'delivering') {
      throw new CanvasError('conflict', `Message ${queueId} is with the agent now; it can be dropped when it waits or has failed.`);
    }
    await this.#enter(entry, { state: 'dropped', why: reason }, actor);
  }

  /** Delivers a failed or expired one again. Rejects with `conflict` when it is neither. */
  async retry(row: MessageHead, actor: Actor): Promise<void> {
    const entry = this.#open.get(row.id) ?? (row.state === 'expired' ? this.#entryOf(row, Promise.resolve(true)) : undefined);
    if (!entry || (entry.state !== 'failed' && entry.state !== 'expired')) {
      throw new CanvasError('conflict', `Message ${row.id} is ${entry?.state ?? row.state}: only a failed or expired one can be retried.`);
    }
    Object.assign(entry, { isStored: true, dueAt: 0, failures: 0, strikes: 0, end: null });
    await this.#enter(entry, { state: 'waiting', expires_at: this.#deps().now() + MESSAGE_TTL_MS, ended_at: null, why: '' }, actor);
    this.poke(row.workspace_id);
  }

  /** Ends what has waited too long. */
  sweep(): void {
    const now = this.#deps().now();
    for (const entry of [...this.#open.values()]) {
      if (entry.state !== 'waiting' || !entry.isStored || entry.expires_at > now) continue;
      void this.#enter(entry, { state: 'expired', why: 'It waited for 24 hours' }).catch(() => {});
    }
  }

  #admit(box: DeliveryBox, message: IncomingMessage): QueuedEntry {
    const deps = this.#deps();
    const live = deps.fleet.get(message.workspace_id);
    if (box.size >= MAX_OPEN) {
      throw new CanvasError('overloaded', `${box.size} messages wait for workspace ${live.row.name} already. Send it again later.`);
    }
    const now = deps.now();
    const held = whyHeldNow(live);
    const atOnce = this.#state === 'open' && held === null && box.isFree(message.lane) && box.underWay.size < AT_ONCE;
    const { request, summary, ...named } = message;
    const head: MessageHead = {
      ...named,
      id: deps.newId(),
      state: atOnce ? 'delivering' : 'waiting',
      attempts: atOnce ? 1 : 0,
      redelivered: false,
      created_at: now,
      expires_at: now + MESSAGE_TTL_MS,
    };
    const rest = { request, summary, delivered_at: atOnce ? now : null, run_id: live.run?.id ?? null, why: held ?? '' };
    const stored = this.#writer.write(async (tx) => ({ result: await insertMessage(tx, { ...head, ...rest }) }));
    const entry = this.#entryOf(head, stored);
    const work = atOnce ? this.#workOf(entry) : undefined;
    box.held = held;
    box.place(entry, work);
    this.#open.set(entry.id, entry);
    stored.then(
      (isNew) => {
        entry.isStored = isNew;
        if (!isNew) this.#forget(entry);
        else if (work) void this.#carry(work, request);
        this.poke(entry.workspace_id);
      },
      () => {
        this.#forget(entry);
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
    this.#recount(workspaceId);
  }

  #deliver(entry: QueuedEntry): void {
    const work = this.#workOf(entry);
    const change = { state: 'delivering', attempts: entry.attempts + 1, delivered_at: this.#deps().now() } as const;
    this.#enter(entry, change, QUEUE, work).then(
      () => this.#carry(work, null),
      () => {},
    );
  }

  async #carry(work: UnderWay, request: string | null): Promise<void> {
    const { entry } = work;
    const outcome = await attemptDelivery(this.#deps(), work, request);
    if (this.#state === 'ended') return;
    await this.#conclude(entry, outcome).catch(() => {});
    this.poke(entry.workspace_id);
  }

  #conclude(entry: QueuedEntry, outcome: DeliveryOutcome): Promise<void> {
    if (outcome.kind === 'answered') {
      return this.#enter(entry, { state: 'answered', answer: keptAnswer(outcome.answer), why: '' }, QUEUE, undefined, {
        kind: 'answered',
        answer: outcome.answer,
      });
    }
    const { why, begun } = outcome;
    entry.failures += 1;
    if (outcome.kind === 'struck') entry.strikes += 1;
    entry.dueAt = performance.now() + pauseAfter(entry.failures);
    const marks = { redelivered: entry.redelivered || begun, attempts: begun ? entry.attempts : entry.attempts - 1 };
    if (entry.strikes >= MAX_STRIKES) return this.#enter(entry, { state: 'failed', ...marks, why: `${why}, ${entry.strikes} times` });
    const run = this.#deps().fleet.find(entry.workspace_id)?.run;
    const due_at = this.#deps().now() + pauseAfter(entry.failures);
    return this.#enter(entry, { state: 'waiting', ...marks, why, due_at, ...(run ? { run_id: run.id } : {}) });
  }

  #dropAll(box: DeliveryBox): void {
    for (const { abort } of box.underWay.values()) abort.abort();
    for (const entry of box.entries()) {
      if (entry.state === 'delivering' || !entry.isStored) continue;
      void this.#enter(entry, { state: 'dropped', why: 'The workspace was removed' }).catch(() => {});
    }
  }

  /** The one place where the state of a message changes. Resolves when the change is in the store; callers are told then. */
  async #enter(
    entry: QueuedEntry,
    change: MessageChange,
    actor: Actor = QUEUE,
    work?: UnderWay,
    news: DeliveryNews | null = newsOf(change),
  ): Promise<void> {
    const { state } = change;
    const isOpen = state === 'waiting' || state === 'delivering' || state === 'failed';
    const now = this.#deps().now();
    const was = entry.state;
    entry.state = state;
    entry.attempts = change.attempts ?? entry.attempts;
    entry.redelivered = change.redelivered ?? entry.redelivered;
    entry.expires_at = change.expires_at ?? entry.expires_at;
    if (isOpen) {
      this.#box(entry.workspace_id).place(entry, work);
      this.#open.set(entry.id, entry);
    } else this.#forget(entry);
    this.#recount(entry.workspace_id);
    const row = isOpen ? change : { ...change, ended_at: now };
    await this.#writer.writeSurely(async (tx) => {
      await changeMessage(tx, entry.id, row);
      if (actor.kind === 'operator') await insertAudit(tx, auditOf(entry, change, actor, now));
      return { result: undefined, events: eventsOf(entry, was, change, actor, now) };
    });
    if (news) tell(entry, news, news.kind === 'put_back' ? 'impatient' : 'all');
  }

  #forget(entry: QueuedEntry): void {
    this.#open.delete(entry.id);
    const box = this.#boxes.get(entry.workspace_id);
    box?.remove(entry);
    if (box?.size === 0) {
      clearTimeout(box.timer);
      this.#boxes.delete(entry.workspace_id);
    }
  }
}
