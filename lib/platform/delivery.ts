import { CanvasError } from '#lib/contract/errors.ts';
import { MESSAGE_TTL_MS } from '#lib/contract/messages.ts';
import type { RunQueue } from '#lib/contract/restarts.ts';
import type { TracePlace } from '#lib/contract/traces.ts';
import { canStream } from '#lib/domain/a2a-card.ts';
import {
  insertMessage,
  type MessageHead,
  messageByKey,
  openMessages,
  putBackDelivering,
  statesOfRun,
  touchMessage,
} from '#lib/store/messages.ts';
import { newId } from '#lib/store/new-id.ts';
import type { Actor } from './actor.ts';
import { cancelTask, methodOf } from './cancel-task.ts';
import { whyHeldNow } from './delivery-attempt.ts';
import { DeliveryBook, entryOf, headOf } from './delivery-book.ts';
import type { IncomingMessage, MovedMessage, QueuedEntry, StreamListener } from './delivery-box.ts';
import { tellCallers } from './delivery-callers.ts';
import { DeliveryPump, type HandOut } from './delivery-pump.ts';
import { sweepMessages } from './delivery-sweep.ts';
import type { DeliveryWriter } from './delivery-writer.ts';
import type { Deps } from './deps.ts';
import type { HeldMessages } from './held-messages.ts';

/** So many to one workspace may be open at once; more are refused. So many failed ones are kept besides. */
const MAX_OPEN = 5000;
const SWEEP_MS = 30_000;
/** Of a message that says nothing of what it is sent for. */
const NO_PLACE = { branch: null, trace_id: null, span_id: null, parent_span_id: null, delegation_id: null, task_id: null };

/** One that has ended before, or one that is open; `isHeard`: the listener that came with it follows its attempt. */
export type Accepted = { ended: NonNullable<Awaited<ReturnType<typeof messageByKey>>> } | { entry: QueuedEntry; isHeard: boolean };

/**
 * Messages to workspaces: kept before anything else is done with them, delivered in order per sender and
 * what it sends them for (*lane* and *branch*), one of these and eight of a workspace at once, while the workspace's gate is open (`whyHeldNow`).
 *
 *   waiting     in the store; not with the agent      its turn, gate open → delivering · 24 h → expired · dropped
 *   delivering  in the store as such, and then handed to the agent, perhaps; nothing else of its lane is
 *                                                     an answer, or the end of the task that a delegation was answered with
 *                                                     (`followTask`) → answered · no answer, or it was not taken → waiting,
 *                                                     `redelivered` if it may have been begun · the fifth answer that
 *                                                     makes no sense → failed · given up → dropped
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
  readonly #pump: DeliveryPump;
  readonly #writer: DeliveryWriter;
  #sweeper: ReturnType<typeof setInterval> | undefined;
  /** Told of every change of a message that carries a delegation, once it is in the store. */
  onMoved: (news: MovedMessage) => void = () => {};

  constructor(deps: () => Deps, writer: DeliveryWriter) {
    this.#deps = deps;
    this.#writer = writer;
    this.#book = new DeliveryBook(deps, writer, (news) => this.#tell(news));
    this.#pump = new DeliveryPump(deps, this.#book);
  }

  /** Reads what is open, and puts back what was with an agent. Before any message is accepted. */
  async recover(): Promise<void> {
    const { store } = this.#deps();
    await this.#writer.write(async (tx) => ({ result: await putBackDelivering(tx, 'The platform ended while it was with the agent') }));
    for (const head of await openMessages(store.db)) {
      const entry = entryOf(head);
      entry.isStored = true;
      this.#book.add(entry);
    }
    for (const id of this.#book.workspaces) this.#book.recount(id);
  }

  /** Delivers from now on. */
  begin(): void {
    if (this.#pump.state !== 'closed') return;
    this.#pump.state = 'open';
    this.#sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
    for (const id of this.#book.workspaces) this.poke(id);
  }

  /** Delivers nothing more, and lets those who wait for an answer go; what is with an agent may still end well. */
  hold(): void {
    if (this.#pump.state === 'open') this.#pump.state = 'closed';
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
    this.#pump.state = 'ended';
    for (const id of this.#book.workspaces) {
      const box = this.#book.box(id);
      clearTimeout(box?.timer);
      for (const { abort } of box?.underWay.values() ?? []) abort.abort();
    }
  }

  /**
   * Keeps a message; resolves once it is in the store. The same one again (same lane, same `message_id`) is the one that is
   * there. A `listener` follows the answer as it is made, when the agent streams and the message need not wait. Rejects with `overloaded` when too many are open, and with what the store refuses with.
   */
  async accept(message: IncomingMessage, listener: StreamListener | null = null): Promise<Accepted> {
    const known = this.#book.box(message.workspace_id)?.find(message.lane, message.message_id);
    const entry = known ?? this.#admit(message, listener);
    if (await entry.stored)
      return { entry, isHeard: listener !== null && this.#book.box(entry.workspace_id)?.underWayOf(entry)?.listener === listener };
    const ended = await messageByKey(this.#deps().store.db, message);
    // A retry may have opened it again meanwhile.
    const open = ended && (ended.ended_at === null ? await this.#book.findOrTakeIn(ended.queue_id) : this.#book.find(ended.queue_id));
    if (open) this.poke(open.workspace_id);
    if (ended) return open ? { entry: open, isHeard: false } : { ended };
    throw new CanvasError('overloaded', `Message ${message.message_id} was removed at this very moment. Send it again.`);
  }

  /** Resolves once the message outlives a power cut as well: before its sender is told that it is kept. */
  async secure(entry: QueuedEntry): Promise<void> {
    if (!entry.isSoft) return;
    await this.#writer.write(async (tx) => ({ result: await touchMessage(tx, entry.id) }));
    entry.isSoft = false;
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
    this.#pump.poke(workspaceId);
  }

  /** Never delivers it. Rejects with `conflict` when it is with the agent, or has ended. */
  async drop(queueId: string, reason: string, actor: Actor): Promise<void> {
    const entry = this.#book.find(queueId);
    if (!entry) throw new CanvasError('conflict', `Message ${queueId} has ended already: there is nothing to drop.`);
    if (this.#book.box(entry.workspace_id)?.underWayOf(entry)) {
      throw new CanvasError('conflict', `Message ${queueId} is with the agent now; it can be dropped when it waits or has failed.`);
    }
    // Its agent may still be at the task that it made of it.
    if (entry.task_id !== null) return this.giveUp(queueId, reason, actor);
    await this.#book.enter(entry, { state: 'dropped', why: reason }, actor);
  }

  /**
   * Ends it for good, wherever it is; with the agent, the attempt is given up and the task ended, where it is known. One that has ended already stays as it is.
   */
  async giveUp(queueId: string, reason: string, actor: Actor): Promise<void> {
    const entry = this.#book.find(queueId);
    if (!entry) return;
    // Its request tells how one speaks of its task, and is forgotten with its end.
    const known = entry.task_id === null ? '' : await methodOf(this.#deps(), entry).catch(() => '');
    if (this.#book.find(queueId) !== entry) return;
    const work = this.#book.box(entry.workspace_id)?.underWayOf(entry);
    const { taskId, method } = { taskId: work?.taskId ?? entry.task_id, method: work?.method || known };
    const ended = this.#book.enter(entry, { state: 'dropped', why: reason }, actor);
    work?.abort.abort();
    void cancelTask(this.#deps(), { entry, taskId, method });
    this.poke(entry.workspace_id);
    await ended;
  }

  /** Gives a workspace that fetches its messages those that wait; see `DeliveryPump.handOut`. */
  handOut(workspaceId: string, question: HandOut): Promise<void> {
    return this.#pump.handOut(workspaceId, question);
  }

  /**
   * The answer to a message that its workspace fetched: its JSON-RPC answer. Rejects with `conflict` when it has ended, or is
   * with the agent by a way on which the answer comes.
   */
  async answer(queueId: string, answer: Record<string, unknown>): Promise<void> {
    const entry = this.#book.find(queueId);
    if (!entry) throw new CanvasError('conflict', `Message ${queueId} has ended already: its sender hears no other answer.`);
    if (entry.state === 'failed' || this.#book.box(entry.workspace_id)?.underWayOf(entry)) {
      throw new CanvasError('conflict', `Message ${queueId} is ${entry.state}, and was not fetched: only what was fetched is answered so.`);
    }
    await this.#pump.conclude(entry, { kind: 'answered', answer });
  }

  /** Tries one that waits after a failed attempt again now; nothing when it waits for something else. */
  hurry(queueId: string): void {
    const entry = this.#book.find(queueId);
    if (!entry) return;
    entry.dueAt = 0;
    this.poke(entry.workspace_id);
  }

  /** Whether its agent's task is followed. */
  isFollowed(queueId: string): boolean {
    return typeof this.#book.find(queueId)?.task_id === 'string';
  }

  /** The one message that is with a workspace's agent now: what it does, it does for that. Null: none, or it is not clear which. */
  onlyWorkOf(workspaceId: string): TracePlace | null {
    const [first, second] = this.#book.box(workspaceId)?.underWay.values() ?? [];
    const { trace_id = null, span_id = null } = first?.entry ?? {};
    return second || trace_id === null || span_id === null ? null : { trace_id, span_id };
  }

  /** Delivers a failed or expired one again. Rejects with `conflict` when it is neither. */
  async retry(row: MessageHead, actor: Actor): Promise<void> {
    const entry = this.#book.find(row.id) ?? (row.state === 'expired' ? entryOf(row) : undefined);
    if (!entry || (entry.state !== 'failed' && entry.state !== 'expired')) {
      throw new CanvasError('conflict', `Message ${row.id} is ${entry?.state ?? row.state}: only a failed or expired one can be retried.`);
    }
    Object.assign(entry, { isStored: true, dueAt: 0, failures: 0, strikes: 0, end: null });
    // What was handed out and ended without an answer may have been begun.
    const redelivered = entry.redelivered || entry.attempts > 0;
    const expires_at = this.#deps().now() + MESSAGE_TTL_MS;
    await this.#book.enter(entry, { state: 'waiting', redelivered, expires_at, ended_at: null, why: '' }, actor);
    this.poke(row.workspace_id);
  }

  /** Ends what has waited too long, and of too many that failed the oldest. */
  sweep(): void {
    sweepMessages(this.#book, { now: this.#deps().now(), mostFailed: MAX_OPEN });
  }

  #tell(news: MovedMessage): void {
    try {
      this.onMoved(news);
    } catch (thrown) {
      this.#deps().log('error', 'a change of a message was not heard', { queue_id: news.queue_id, why: String(thrown) });
    }
  }

  #admit(message: IncomingMessage, listener: StreamListener | null): QueuedEntry {
    const deps = this.#deps();
    const live = deps.fleet.get(message.workspace_id);
    const box = this.#book.box(message.workspace_id);
    if (box && box.size - box.failed.size >= MAX_OPEN) {
      throw new CanvasError('overloaded', `${MAX_OPEN} messages wait for workspace ${live.row.name} already. Send it again later.`);
    }
    const now = deps.now();
    const held = whyHeldNow(live);
    const { request, summary, ...named } = message;
    const begins = { state: 'waiting', attempts: 0, redelivered: false, created_at: now, expires_at: now + MESSAGE_TTL_MS } as const;
    const entry = entryOf({ ...NO_PLACE, ...named, ...begins, id: newId() });
    const work = this.#pump.atOnce(entry, held, canStream(live.row.agent_card) ? listener : null);
    if (work) Object.assign(entry, { state: 'delivering', attempts: 1 });
    const rest = { request, summary, delivered_at: work ? now : null, run_id: live.run?.id ?? null, why: held ?? '' };
    const row = { ...headOf(entry), ...rest };
    // With the agent at once: its sender, who waits, is told that it is kept only when there is no answer.
    entry.isSoft = work !== undefined;
    const stored = this.#writer.write(async (tx) => ({ result: await insertMessage(tx, row) }), { soft: entry.isSoft });
    entry.stored = stored;
    this.#book.add(entry, work);
    stored.then(
      (isNew) => {
        entry.isStored = isNew;
        if (!isNew) this.#book.forget(entry);
        else {
          this.#book.tellMoved(entry);
          if (work) void this.#pump.carry(work, request);
          else if (live.facts.status === 'paused' && live.row.wake_on_message) deps.runs.wake(entry.workspace_id);
        }
        this.poke(entry.workspace_id);
      },
      () => {
        this.#book.forget(entry);
        this.poke(entry.workspace_id);
      },
    );
    return entry;
  }
}
