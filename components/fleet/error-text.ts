import { formatShare, formatShort } from '#components/ui/format-count.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** "14 of 23" when the sample is known, "61 %" when only the rate is, "–" when nothing is, or nothing was asked. */
export function errorText(card: Pick<WorkspaceCard, 'last_error_rate' | 'last_requests'>): string {
  if (card.last_error_rate === null || card.last_requests === 0) return '–';
  if (card.last_requests === null) return formatShare(card.last_error_rate);
  return `${formatShort(Math.round(card.last_error_rate * card.last_requests))} of ${formatShort(card.last_requests)}`;
}
