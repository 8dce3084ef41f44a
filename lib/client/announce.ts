import type { LedgerEvent } from '#lib/contract/events.ts';
import { SHOWN_STATE_LABEL, SHOWN_STATES, type ShownState } from '#lib/contract/workspace-status.ts';
import { shownState } from '#lib/domain/shown-state.ts';

export interface StatusChange {
  name: string;
  state: ShownState;
}

/** What a ledger row says about a status, as a person knows it; null when it is about something else. */
export function statusChangeOf(event: LedgerEvent, name: string): StatusChange | null {
  if (event.type !== 'workspace.status') return null;
  return { name, state: shownState({ status: event.data.to, cause: event.data.cause, late: false, token_rejected_at: null }) };
}

/** One sentence for all that changed since the last one: names while there are few, counts when there are many. Empty for nothing. */
export function announcementOf(changes: readonly StatusChange[]): string {
  const latest = new Map(changes.map((change) => [change.name, change.state]));
  if (latest.size === 0) return '';
  if (latest.size <= 2) return [...latest].map(([name, state]) => `${name} is now ${SHOWN_STATE_LABEL[state]}.`).join(' ');
  const counts = SHOWN_STATES.map((state) => [state, [...latest.values()].filter((other) => other === state).length] as const).filter(
    ([, n]) => n > 0,
  );
  return `${latest.size} workspaces changed: ${counts.map(([state, n]) => `${n} ${SHOWN_STATE_LABEL[state]}`).join(', ')}.`;
}
