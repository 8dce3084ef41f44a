import { NEEDS_PERSON, SHOWN_STATES, type ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { nameKey } from './name-key.ts';

export type Showable = Pick<WorkspaceCard, 'status' | 'cause' | 'late' | 'token_rejected_at'>;

/**
 * The one word a person sees. Where two hold, the one that a person must act on wins: a refused token explains why beats
 * stopped or never came, so it is shown instead of the silence it causes; a wedge, a failed start, a process seen to
 * end and an operator's stop are shown as they are. An agent that connected by itself and fell silent is *offline* to a person, though its
 * status is awaiting_agent (nobody here can start it): "awaiting agent" is shown only before the first connection.
 */
export function shownState(card: Showable): ShownState {
  switch (card.status) {
    case 'degraded':
      return card.cause === 'wedged' ? 'wedged' : refused(card, 'degraded');
    case 'failed':
      return card.cause === 'no_first_beat' ? refused(card, 'failed') : 'failed';
    case 'offline':
      return card.cause === 'process_ended' ? 'offline' : refused(card, 'offline');
    case 'awaiting_agent':
      return refused(card, card.cause === 'lapse' ? 'offline' : 'awaiting_agent');
    case 'online':
      return refused(card, card.late ? 'late' : 'online');
    case 'provisioning':
      return refused(card, 'provisioning');
    case 'draining':
      return 'draining';
    case 'restarting':
      return 'restarting';
    case 'paused':
    case 'removed':
      return 'paused';
  }
}

function refused(card: Showable, otherwise: ShownState): ShownState {
  return card.token_rejected_at === null ? otherwise : 'token_rejected';
}

/** Place in the fleet's order: the states that want a person, most urgent first; all others share the last place. */
export function attentionRank(state: ShownState): number {
  return NEEDS_PERSON[state] ? SHOWN_STATES.indexOf(state) : SHOWN_STATES.length;
}

/** What needs a person first, then by name (numbers in names by their value), then by id: a total order that stands still. */
export function compareAttention(
  a: Showable & Pick<WorkspaceCard, 'id' | 'name'>,
  b: Showable & Pick<WorkspaceCard, 'id' | 'name'>,
): number {
  return (
    attentionRank(shownState(a)) - attentionRank(shownState(b)) || compareText(nameKey(a.name), nameKey(b.name)) || compareText(a.id, b.id)
  );
}

/** By UTF-16 units: the same on every machine, unlike a locale's order. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
