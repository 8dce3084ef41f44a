import { openTaskOf } from '#lib/domain/delegation-result.ts';
import { type DeliveryOutcome, MAX_STRIKES, pauseAfter } from '#lib/domain/delivery-outcome.ts';
import { platformActor } from './actor.ts';
import { keptAnswer } from './delivery-answer.ts';
import { attemptDelivery, whyHeldNow, whyNotFetched } from './delivery-attempt.ts';
import type { DeliveryBook } from './delivery-book.ts';
import { bootOf, type DeliveryBox, isOver, type QueuedEntry, type StreamListener, type UnderWay } from './delivery-box.ts';
import type { Deps } from './deps.ts';
import { followTask } from './follow-task.ts';

/** So many messages to one workspace may be with its agent at once, besides those whose task is only followed. */
const AT_ONCE = 8;
export const QUEUE = platformActor('delivery');

/** How a workspace asks for what waits for it. */
export interface HandOut {
  limit: number;
  since_id?: string | undefined;
}

/** Hands out what waits: whose turn it is, the attempts, and what became of them. The states: see `Delivery`. */
export class DeliveryPump {
  readonly #deps: () => Deps;
  readonly #book: DeliveryBook;
  /** *closed*: nothing is handed out · *open* · *ended*: what comes back is not heard any more. */
  state: 'closed' | 'open' | 'ended' = 'closed';

  constructor(deps: () => Deps, book: DeliveryBook) {
    this.#deps = deps;
    this.#book = book;
  }

  /** An attempt for one that has come just now and need not wait for anything; undefined when it must. */
  atOnce(entry: QueuedEntry, held: string | null, listener: StreamListener | null): UnderWay | undefined {
    const box = this.#book.box(entry.workspace_id);
    const hasRoom = !box || (box.isFree(entry) && busyWith(box) < AT_ONCE);
    return this.state === 'open' && held === null && hasRoom ? this.#workOf(entry, listener) : undefined;
  }

  poke(workspaceId: string): void {
    const box = this.#book.box(workspaceId);
    if (!box || this.state !== 'open') return;
    const live = this.#deps().fleet.find(workspaceId);
    if (!live) {
      this.#dropAll(box);
      return;
    }
    for (const { abort, boot } of box.underWay.values()) if (isOver(boot, live.facts)) abort.abort();
    for (const { entry, boot } of box.fetched.values())
      if (isOver(boot, live.facts)) void this.conclude(entry, { kind: 'put_back', begun: true, why: 'The process that fetched it ended' });
    const held = whyHeldNow(live);
    if (held === null && box.held !== null) for (const entry of box.entries()) entry.dueAt = 0;
    const moved = held !== box.held;
    box.held = held;
    if (moved) for (const entry of box.entries()) if (entry.state === 'waiting' && entry.isStored) this.#book.tellMoved(entry);
    this.#pump(box, workspaceId);
  }

  /**
   * Gives a workspace that fetches its messages those that wait, the oldest first, when it may take any. Resolves once they
   * are in its activity. One that does not go on from a row (`since_id`) has no more in hand than `limit`: what one answer shows.
   */
  async handOut(workspaceId: string, { limit, since_id }: HandOut): Promise<void> {
    const box = this.#book.box(workspaceId);
    const live = this.#deps().fleet.get(workspaceId);
    if (!box || this.state !== 'open' || whyNotFetched(live) !== null) return;
    const boot = bootOf(live.facts);
    const waiting = box.waitingInOrder().filter((entry) => entry.isStored);
    const room = since_id === undefined ? Math.max(0, limit - box.fetched.size) : limit;
    await Promise.all(
      waiting.slice(0, room).map((entry) => {
        const change = { state: 'delivering', attempts: entry.attempts + 1, delivered_at: this.#deps().now() } as const;
        return this.#book.enter(entry, change, QUEUE, boot);
      }),
    );
  }

  /** Sees an attempt through; `request` is the text of it when it is at hand. */
  async carry(work: UnderWay, request: string | null): Promise<void> {
    const { entry } = work;
    const outcome: DeliveryOutcome =
      this.state === 'open' ? await this.#attempt(work, request) : { kind: 'put_back', begun: false, why: 'The platform is ending' };
    if (this.state === 'ended') return;
    // Else it was given up meanwhile.
    if (entry.state === 'delivering') await this.conclude(entry, outcome);
    this.poke(entry.workspace_id);
  }

  /** A delegation's task that is not done when its message is answered is followed to its end, over a kill too. */
  async #attempt(work: UnderWay, request: string | null): Promise<DeliveryOutcome> {
    const { entry } = work;
    if (work.taskId !== null) return followTask(this.#deps(), work, null);
    const outcome = await attemptDelivery(this.#deps(), work, request);
    const task_id = outcome.kind === 'answered' && entry.delegation_id !== null ? openTaskOf(outcome.answer) : null;
    if (outcome.kind !== 'answered' || task_id === null || entry.state !== 'delivering' || this.state === 'ended') return outcome;
    work.taskId = task_id;
    work.isFollowed = true;
    await this.#book.enter(entry, { state: 'delivering', task_id }, QUEUE, work).catch(() => {});
    this.poke(entry.workspace_id);
    return followTask(this.#deps(), work, outcome.answer);
  }

  #pump(box: DeliveryBox, workspaceId: string): void {
    clearTimeout(box.timer);
    const now = performance.now();
    let next = Number.POSITIVE_INFINITY;
    if (box.held === null) {
      let busy = busyWith(box);
      for (const head of box.heads()) {
        const takesPlace = head.task_id === null;
        if (!head.isStored || (takesPlace && busy >= AT_ONCE)) continue;
        if (head.dueAt > now) next = Math.min(next, head.dueAt);
        else {
          this.#deliver(head);
          if (takesPlace) busy += 1;
        }
      }
    }
    if (next !== Number.POSITIVE_INFINITY) box.timer = setTimeout(() => this.poke(workspaceId), next - now + 1).unref();
    this.#book.recount(workspaceId);
  }

  #deliver(entry: QueuedEntry): void {
    const work = this.#workOf(entry, null);
    const change = { state: 'delivering', attempts: entry.attempts + 1, delivered_at: this.#deps().now() } as const;
    this.#book.enter(entry, change, QUEUE, work).then(
      () => this.carry(work, null),
      () => {},
    );
  }

  /** What became of one that was with its agent. Resolves once it is in the store, or the platform ended before. */
  async conclude(entry: QueuedEntry, outcome: DeliveryOutcome): Promise<void> {
    try {
      await this.#enterOutcome(entry, outcome);
    } catch (thrown) {
      if (this.state === 'ended') return;
      this.#deps().log('error', 'what became of a message could not be kept', { queue_id: entry.id, why: String(thrown) });
      const why = 'The platform failed to keep what became of it; its log says why';
      await this.#enterOutcome(entry, { kind: 'struck', begun: true, why }).catch(() => {});
    }
  }

  async #enterOutcome(entry: QueuedEntry, outcome: DeliveryOutcome): Promise<void> {
    if (outcome.kind === 'answered') {
      const { answer } = outcome;
      return this.#book.enter(
        entry,
        { state: 'answered', answer: keptAnswer(answer, entry.delegation_id !== null), why: '' },
        QUEUE,
        undefined,
        {
          kind: 'answered',
          answer,
        },
      );
    }
    const { why, begun } = outcome;
    entry.failures += 1;
    if (outcome.kind === 'struck') entry.strikes += 1;
    entry.dueAt = performance.now() + pauseAfter(entry.failures);
    const marks = {
      redelivered: entry.redelivered || begun,
      attempts: begun ? entry.attempts : entry.attempts - 1,
      // What makes no sense is asked of the agent from the beginning.
      ...(outcome.kind === 'struck' ? { task_id: null } : {}),
    };
    if (entry.strikes >= MAX_STRIKES)
      return this.#book.enter(entry, { state: 'failed', ...marks, why: `${why}, ${entry.strikes} times` }, QUEUE);
    const run = this.#deps().fleet.find(entry.workspace_id)?.run;
    const due_at = this.#deps().now() + pauseAfter(entry.failures);
    return this.#book.enter(entry, { state: 'waiting', ...marks, why, due_at, ...(run ? { run_id: run.id } : {}) }, QUEUE);
  }

  #dropAll(box: DeliveryBox): void {
    for (const { abort } of box.underWay.values()) abort.abort();
    for (const entry of box.entries()) {
      if (box.underWayOf(entry) || !entry.isStored) continue;
      void this.#book.enter(entry, { state: 'dropped', why: 'The workspace was removed' }, QUEUE).catch(() => {});
    }
  }

  #workOf(entry: QueuedEntry, listener: StreamListener | null): UnderWay {
    return {
      entry,
      listener,
      taskId: entry.task_id,
      isFollowed: entry.task_id !== null,
      method: '',
      abort: new AbortController(),
      boot: bootOf(this.#deps().fleet.get(entry.workspace_id).facts),
    };
  }
}

/** How many messages an agent has in hand that it has not answered. */
function busyWith(box: DeliveryBox): number {
  let busy = 0;
  for (const { isFollowed } of box.underWay.values()) if (!isFollowed) busy += 1;
  return busy;
}
