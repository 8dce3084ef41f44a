import type { EventActor, NewEvent } from '#lib/contract/events.ts';
import { recordStatus } from '#lib/domain/history-ring.ts';
import type { Verdict } from '#lib/domain/verdict.ts';
import type { Deps } from './deps.ts';
import { type LiveWorkspace, touch } from './fleet.ts';

/**
 * The one way in which a rule's verdict becomes what is so: memory at once, readers through the feed, and, when the
 * status or the boot changed, the ledger.
 *
 * @returns a promise that resolves when everything about this workspace is in the store; null when nothing waits to be.
 */
export function settle(deps: Deps, live: LiveWorkspace, verdict: Verdict, actor: EventActor, now: number): Promise<void> | null {
  const before = live.facts;
  if (verdict.facts === before) return live.unsaved;
  live.facts = verdict.facts;
  touch(live, now);
  recordStatus(live.ring, verdict.facts, now);
  deps.unflushed.mark(live);
  deps.feed.changed(live.row.id);
  if (live.run !== null) deps.runs.poke(live);
  if (!verdict.transition && !verdict.booted && !verdict.token_accepted_again) return live.unsaved;
  deps.delivery.poke(live.row.id);
  return deps.statuses.submit(live, eventsOf(live.row.id, verdict, actor, now));
}

function eventsOf(id: string, verdict: Verdict, actor: EventActor, now: number): NewEvent[] {
  const events: NewEvent[] = [];
  if (verdict.booted) {
    const { wedged } = verdict.facts;
    const data = { ...verdict.booted, ...(wedged ? { wedged } : {}) };
    events.push({ type: 'workspace.booted', workspace_id: id, actor, at: now, data });
  }
  if (verdict.token_accepted_again) {
    events.push({ type: 'token.accepted_again', workspace_id: id, actor, at: now, data: {} });
  }
  if (verdict.transition) {
    const { from, to, cause, reason, evidence } = verdict.transition;
    events.push({ type: 'workspace.status', workspace_id: id, actor, at: now, data: { from, to, cause, reason, evidence } });
  }
  return events;
}
