import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** When the shown state began. Late and token-rejected are shown over a status that goes on, so that each has its own beginning. */
export function shownSince(card: WorkspaceCard, state: ShownState): number {
  if (state === 'token_rejected') return card.token_rejected_at ?? card.since;
  if (state === 'late' && card.last_heartbeat_at !== null) return card.last_heartbeat_at + card.interval_seconds * 1000;
  return card.since;
}
