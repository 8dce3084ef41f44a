import type { MessageState } from '#lib/contract/messages.ts';
import { insertAudit } from '#lib/store/audit.ts';
import { changeMessage, type MessageChange, type MessageHead, messageById } from '#lib/store/messages.ts';
import { recordHandOut, recordMessage, tellActivity } from './activity-rows.ts';
import { type Actor, eventActorOf } from './actor.ts';
import { messageEvents, newsOf } from './delivery-answer.ts';
import { whyHeldNow } from './delivery-attempt.ts';
import { type Boot, DeliveryBox, type DeliveryNews, type MovedMessage, type QueuedEntry, type UnderWay } from './delivery-box.ts';
import { tellCallers } from './delivery-callers.ts';
import type { DeliveryWriter } from './delivery-writer.ts';
import type { Deps } from './deps.ts';
import { touch } from './fleet.ts';

/** States that a power cut may take back: the message is delivered again, under the same id. */
const SOFT: ReadonlySet<MessageState> = new Set(['delivering', 'answered', 'waiting']);
/** States that the activity tells of. */
const ENDS: ReadonlySet<MessageState> = new Set(['answered', 'failed', 'dropped', 'expired']);
const KNOWN = Promise.resolve(true);

/** All messages that have not ended: in memory by workspace, and the one way in which their rows change. */
export class DeliveryBook {
  readonly #deps: () => Deps;
  readonly #boxes = new Map<string, DeliveryBox>();
  readonly #open = new Map<string, QueuedEntry>();
  readonly #writer: DeliveryWriter;

  readonly #moved: (news: MovedMessage) => void;

  constructor(deps: () => Deps, writer: DeliveryWriter, moved: (news: MovedMessage) => void) {
    this.#deps = deps;
    this.#writer = writer;
    this.#moved = moved;
  }

  get workspaces(): string[] {
    return [...this.#boxes.keys()];
  }

  get entries(): QueuedEntry[] {
    return [...this.#open.values()];
  }

  box(workspaceId: string): DeliveryBox | undefined {
    return this.#boxes.get(workspaceId);
  }

  find(queueId: string): QueuedEntry | undefined {
    return this.#open.get(queueId);
  }

  /** Takes one in, in the state that it says; nothing is written. */
  add(entry: QueuedEntry, work?: UnderWay | Boot): void {
    const box = this.#boxes.get(entry.workspace_id) ?? new DeliveryBox();
    this.#boxes.set(entry.workspace_id, box);
    box.place(entry, work);
    this.#open.set(entry.id, entry);
  }

  /**
   * The one of this id, also when only the store has it open, as it does when a commit came through and its answer was lost:
   * it was given to nobody yet. Null: it has ended.
   */
  async findOrTakeIn(queueId: string): Promise<QueuedEntry | null> {
    if (this.#open.has(queueId)) return this.#open.get(queueId) ?? null;
    // Read among the writes: an end of it that is on its way is there by then.
    const row = await this.#writer.write(async (tx) => ({ result: await messageById(tx, queueId) }));
    if (this.#open.has(queueId) || !row || row.ended_at !== null) return this.#open.get(queueId) ?? null;
    const entry = Object.assign(entryOf(row.head), { isStored: true, isSoft: true });
    if (entry.state === 'delivering') entry.state = 'waiting';
    this.add(entry);
    this.recount(entry.workspace_id);
    return entry;
  }

  forget(entry: QueuedEntry): void {
    this.#open.delete(entry.id);
    const box = this.#boxes.get(entry.workspace_id);
    box?.remove(entry);
    if (box?.size === 0) {
      clearTimeout(box.timer);
      this.#boxes.delete(entry.workspace_id);
    }
  }

  /** Brings the card's number in line. */
  recount(workspaceId: string): void {
    const deps = this.#deps();
    const live = deps.fleet.find(workspaceId);
    const box = this.#boxes.get(workspaceId);
    const queued = box ? box.waiting + box.failed.size : 0;
    if (!live || live.queued === queued) return;
    live.queued = queued;
    touch(live, deps.now());
    deps.feed.changed(workspaceId);
  }

  /**
   * The one place where the state of a message changes. Resolves when the change is in the store; callers are told then,
   * and of an answer at once.
   * Rejects when the platform ends before, or the change cannot be written by its own fault.
   */
  async enter(
    entry: QueuedEntry,
    change: MessageChange,
    actor: Actor,
    work?: UnderWay | Boot,
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
    if (change.task_id !== undefined) entry.task_id = change.task_id;
    if (isOpen) {
      this.add(entry, work);
    } else this.forget(entry);
    this.recount(entry.workspace_id);
    const row = isOpen ? change : { ...change, ended_at: now };
    // Who waits has the answer then. Should that be lost before it is in the store, the message is delivered again under its
    // id, and its agent gives the same answer.
    if (news?.kind === 'answered') tellCallers(entry, news);
    const fetched = work !== undefined && !('abort' in work);
    await this.#writer.writeSurely(
      async (tx) => {
        const activity_id = fetched ? await recordHandOut(tx, this.#deps(), entry) : null;
        if (ENDS.has(state)) await recordMessage(tx, this.#deps(), entry, change);
        await changeMessage(tx, entry.id, { ...row, ...(activity_id === null ? {} : { activity_id }) });
        const by = { actor: eventActorOf(actor), at: now };
        if (actor.kind === 'operator') {
          const detail = { queue_id: entry.id, message_id: entry.message_id, why: change.why ?? '' };
          const verb = state === 'dropped' ? 'dropQueued' : 'retryQueued';
          await insertAudit(tx, { ...by, verb, workspace_id: entry.workspace_id, detail });
        }
        return { result: undefined, events: messageEvents(entry, was, change, by) };
      },
      { soft: SOFT.has(state) && actor.kind !== 'operator' },
    );
    if (fetched || ENDS.has(state)) tellActivity(this.#deps(), [entry.workspace_id, entry.sender_id]);
    this.tellMoved(entry, { state, why: change.why ?? '', ...(news?.kind === 'answered' ? { answer: news.answer } : {}) });
    if (news && news.kind !== 'answered') tellCallers(entry, news);
  }

  /** Tells of the state in which it is in the store now; nothing when it carries no delegation. */
  tellMoved(entry: QueuedEntry, now: Pick<MovedMessage, 'state' | 'why' | 'answer'> = { state: entry.state, why: '' }): void {
    const { id: queue_id, workspace_id, message_id, delegation_id, attempts } = entry;
    if (delegation_id === null) return;
    const live = now.state === 'waiting' ? this.#deps().fleet.find(workspace_id) : undefined;
    const held = live ? whyHeldNow(live) : null;
    this.#moved({ queue_id, workspace_id, message_id, delegation_id, attempts, ...now, held, why: now.why || (held ?? '') });
  }
}

/** One in memory, as of one that is in the store. */
export function entryOf(head: MessageHead): QueuedEntry {
  return { ...head, stored: KNOWN, isStored: false, isSoft: false, dueAt: 0, failures: 0, strikes: 0, end: null, callers: new Set() };
}

export function headOf({ stored, isStored, isSoft, dueAt, failures, strikes, end, callers, ...head }: QueuedEntry): MessageHead {
  return head;
}
