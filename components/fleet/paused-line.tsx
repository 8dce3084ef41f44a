'use client';

import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

/** In the place of a task that nobody works at: since when it is paused, and by whom. */
export function PausedLine({ card }: { card: WorkspaceCard }) {
  const said = plainText(card.reason);
  return (
    <p className="clamp-2 min-h-5 flex-none wrap-anywhere text-faint" dir="auto">
      {said === '' ? 'Paused' : said}, since <LocalTime at={card.since} />
    </p>
  );
}
