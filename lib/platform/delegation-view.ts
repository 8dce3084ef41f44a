import type { DelegationRow, ShownDelegation, StuckDelegation } from '#lib/contract/delegations.ts';
import { stuckOf, type TargetFacts, waitsForOf } from '#lib/domain/delegation-stuck.ts';
import { workspaceNames } from '#lib/store/workspace-names.ts';
import type { OpenDelegation } from './delegation-book.ts';
import { whyHeldNow } from './delivery-attempt.ts';
import type { Deps } from './deps.ts';

/** Names of workspaces, of removed ones too; an id stands for itself when nobody knows it. */
export async function namesOf(deps: Deps, ids: Iterable<string>): Promise<(id: string) => string> {
  const known = new Map<string, string>();
  const unknown: string[] = [];
  for (const id of new Set(ids)) {
    const live = deps.fleet.find(id);
    if (live) known.set(id, live.row.name);
    else unknown.push(id);
  }
  if (unknown.length > 0) for (const [id, name] of await workspaceNames(deps.store.db, unknown)) known.set(id, name);
  return (id) => known.get(id) ?? id;
}

export async function shownDelegations(deps: Deps, rows: readonly DelegationRow[]): Promise<ShownDelegation[]> {
  const nameOf = await namesOf(
    deps,
    rows.flatMap(({ source_id, target_id }) => [source_id, target_id]),
  );
  return rows.map((row) => {
    const open = row.ended_at === null ? deps.delegations.find(row.delegation_id) : undefined;
    const names = { source_name: nameOf(row.source_id), target_name: nameOf(row.target_id) };
    return { ...row, ...names, stuck: open ? stuckNow(deps, open) : null, waits_for: open ? waitsNow(deps, open) : '' };
  });
}

/** Why it needs a person now; null: it does not. Who recorded it keeps an eye on it by themselves. */
export function stuckNow(deps: Deps, open: OpenDelegation): StuckDelegation | null {
  if (open.origin === 'recorded') return null;
  const target = targetOf(deps, open.target_id);
  const follows = open.queue_id !== null && deps.delivery.isFollowed(open.queue_id);
  return stuckOf(open, target && { ...target, follows }, deps.now());
}

function waitsNow(deps: Deps, open: OpenDelegation): string {
  const live = open.origin === 'recorded' ? undefined : deps.fleet.find(open.target_id);
  return live ? waitsForOf(open, targetOf(deps, open.target_id), whyHeldNow(live)) : '';
}

function targetOf(deps: Deps, id: string): TargetFacts {
  const live = deps.fleet.find(id);
  if (!live) return null;
  const { status, wedged, token_rejected_at, last_beat_at, active_tasks } = live.facts;
  return {
    name: live.row.name,
    status,
    wedged: wedged !== null,
    token_rejected: token_rejected_at !== null,
    active_tasks: last_beat_at === null ? null : active_tasks,
  };
}
