import { formatCount, formatShare } from '#components/ui/format-count.ts';
import { SHOWN_STATE_LABEL, type ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

export interface Banner {
  /** What is wrong, in the agent's own words where it has any. */
  text: string;
  /** The moment that the text ends with, for a text that is about one: it is shown in the viewer's zone. */
  at?: number;
  /** Who says so, ready to be followed by a time: "said by the agent at". */
  by: string;
  since: number;
  more: string;
}

function ownMachine(card: WorkspaceCard): string {
  return card.provisioner === 'process' ? '' : 'connected by itself';
}

/** The one banner of a card that needs a person. */
export function bannerOf(card: WorkspaceCard, state: ShownState): Banner {
  const said = card.reason === '' ? SHOWN_STATE_LABEL[state] : card.reason;
  switch (state) {
    case 'wedged':
      return {
        text: card.reason || card.last_sample_error || 'It says it is stuck, without a reason',
        by: 'said by the agent at',
        since: card.since,
        more: '',
      };
    case 'degraded':
      return {
        text: card.reason || `${formatShare(card.last_error_rate ?? 0)} of requests failed: ${card.last_sample_error}`,
        by: 'since',
        since: card.since,
        more: 'recovers below 10 %',
      };
    case 'token_rejected':
      return {
        text: 'Its token was refused. Give it a new one, or a join code.',
        by: 'refused at',
        since: card.token_rejected_at ?? card.since,
        more: '',
      };
    case 'late':
      return {
        text: `Its beat is late: it promised one every ${formatCount(card.interval_seconds)} s`,
        by: 'last beat at',
        since: card.last_heartbeat_at ?? card.since,
        more: '',
      };
    case 'offline':
      // The reason tells how long the silence was when it was noticed; beside an age that goes on it would be wrong a moment later.
      if (card.cause === 'lapse' && card.last_heartbeat_at !== null)
        return { text: 'No beat since', at: card.last_heartbeat_at, by: 'offline since', since: card.since, more: ownMachine(card) };
      return {
        text: said,
        by: card.last_heartbeat_at === null ? 'since' : 'last seen at',
        since: card.last_heartbeat_at ?? card.since,
        more: ownMachine(card),
      };
    default:
      return { text: said, by: 'since', since: card.since, more: '' };
  }
}
