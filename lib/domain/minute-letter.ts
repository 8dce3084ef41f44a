import type { MinuteLetter } from '#lib/contract/workspace-status.ts';
import { type Showable, shownState } from './shown-state.ts';

/** The letter for the state that facts or a card show. `e` is not among them: it is told by a beat, not by a state. */
export function minuteLetter(card: Showable): MinuteLetter {
  switch (shownState(card)) {
    case 'wedged':
      return 'w';
    case 'failed':
    case 'offline':
      return 'x';
    case 'degraded':
      return 'd';
    case 'late':
      return 'l';
    case 'draining':
    case 'restarting':
      return 'r';
    case 'paused':
      return 'p';
    case 'provisioning':
    case 'awaiting_agent':
      return '.';
    case 'token_rejected':
      return letterBehindToken(card);
    case 'online':
      return 'o';
  }
}

/** A refused token is no state of the agent: its history shows what is known of it apart from that. */
function letterBehindToken(card: Showable): MinuteLetter {
  return minuteLetter({ status: card.status, cause: card.cause, late: card.late, token_rejected_at: null });
}
