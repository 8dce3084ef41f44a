import type { DelegationRow, DelegationState } from '#lib/contract/delegations.ts';
import type { NewEvent } from '#lib/contract/events.ts';
import { type DelegationStep, isEnded } from '#lib/domain/delegation-run.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { insertAudit } from '#lib/store/audit.ts';
import { changeTexts, textsOf } from '#lib/store/delegation-texts.ts';
import { changeDelegation } from '#lib/store/delegations.ts';
import { type Actor, eventActorOf } from './actor.ts';
import type { Deps } from './deps.ts';
import { EndedOfDay } from './ended-of-day.ts';

/** One that has not ended, as the platform holds it in memory; its texts are in the store. */
export interface OpenDelegation
  extends Pick<
    DelegationRow,
    | 'source_id'
    | 'target_id'
    | 'status'
    | 'origin'
    | 'created_at'
    | 'expires_at'
    | 'started_at'
    | 'attempts'
    | 'queue_id'
    | 'trace_id'
    | 'span_id'
    | 'parent_span_id'
  > {
  id: string;
  /** When its state began. */
  since: number;
  /** Why its message waits, as last heard; empty: its turn comes. */
  why: string;
  /** On its way into the queue. */
  handingOver: boolean;
}

/** All delegations that have not ended, and the one way in which a row of them changes. */
export class DelegationBook {
  readonly #deps: () => Deps;
  readonly #open = new Map<string, OpenDelegation>();
  readonly #ofSource = new Map<string, number>();
  readonly endedOfDay: EndedOfDay;

  constructor(deps: () => Deps) {
    this.#deps = deps;
    this.endedOfDay = new EndedOfDay(deps);
  }

  get all(): OpenDelegation[] {
    return [...this.#open.values()];
  }

  find(id: string): OpenDelegation | undefined {
    return this.#open.get(id);
  }

  /** How many a workspace gave that have not ended. */
  countOf(sourceId: string): number {
    return this.#ofSource.get(sourceId) ?? 0;
  }

  add(row: DelegationRow): OpenDelegation {
    const { source_id, target_id, status, origin, created_at, expires_at, started_at, attempts, queue_id } = row;
    const { trace_id, span_id, parent_span_id } = row;
    const head = { source_id, target_id, status, origin, created_at, expires_at, started_at, attempts, queue_id };
    const place = { trace_id, span_id, parent_span_id };
    const open = { ...head, ...place, id: row.delegation_id, since: row.updated_at, why: '', handingOver: false };
    this.#open.set(open.id, open);
    this.#ofSource.set(source_id, this.countOf(source_id) + 1);
    return open;
  }

  /**
   * The one place where a delegation's row changes: in memory at once, in the store in the order of the calls. Resolves with
   * the row once it is there; null: it had ended before. Rejects when the platform ends before, or it cannot be written by its own fault.
   */
  async enter(open: OpenDelegation, step: DelegationStep, actor: Actor): Promise<DelegationRow | null> {
    if (!this.#open.has(open.id)) return null;
    const now = this.#deps().now();
    const { response, ...columns } = step;
    const moved = step.status !== open.status;
    const { status, started_at = open.started_at, attempts = open.attempts, queue_id = open.queue_id } = columns;
    Object.assign(open, { status, started_at, attempts, queue_id, since: moved ? now : open.since });
    if (isEnded(status)) this.#forget(open);
    const written = await this.#deps().writer.writeSurely(async (tx) => {
      const row = await changeDelegation(tx, open.id, columns, now);
      if (!row) return { result: null };
      if (isEnded(status)) {
        // From here on nobody is sent the task any more: what is kept of it is what may be shown.
        const task = (await textsOf(tx, open.id))?.task ?? '';
        await changeTexts(tx, open.id, { task: String(scrub(task).value), ...(response === undefined ? {} : { response }) });
      } else if (response !== undefined) await changeTexts(tx, open.id, { response });
      if (actor.kind === 'operator') {
        const detail = { delegation_id: open.id, status, error: row.error };
        await insertAudit(tx, { at: now, verb: 'endDelegation', actor: eventActorOf(actor), workspace_id: open.source_id, detail });
      }
      return { result: row, events: moved ? eventsOf(row, actor, now) : [] };
    });
    if (written) this.endedOfDay.add(written.status);
    return written;
  }

  #forget(open: OpenDelegation): void {
    this.#open.delete(open.id);
    const left = this.countOf(open.source_id) - 1;
    if (left > 0) this.#ofSource.set(open.source_id, left);
    else this.#ofSource.delete(open.source_id);
  }
}

const TOLD: ReadonlySet<DelegationState> = new Set(['queued', 'completed', 'failed', 'expired']);

/** What the ledger learns: that it was given, waits for a target that cannot take it, or has ended; not each small move. */
export function eventsOf(row: DelegationRow, actor: Actor, at: number, isNew = false): NewEvent[] {
  if (!isNew && !TOLD.has(row.status)) return [];
  const { delegation_id, target_id, status: state, summary, trace_id } = row;
  const data = { delegation_id, target_id, state, summary, trace_id };
  return [{ type: 'delegation.changed', workspace_id: row.source_id, actor: eventActorOf(actor), at, data }];
}
