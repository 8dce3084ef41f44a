'use client';

import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { bannerOf } from './banner-of.ts';

/** What is wrong, in one line or two, and since when. At most one per card: the shown state is already the worst that holds. */
export function CardBanner({ card, state }: { card: WorkspaceCard; state: ShownState }) {
  const banner = bannerOf(card, state);
  return (
    <div className="grid gap-0.5 rounded-md bg-tint px-2.5 py-2 compact:py-1.5">
      <p className="clamp-2 text-sm break-words" dir="auto">
        {plainText(banner.text)}
      </p>
      <p className="truncate text-xs text-soft">
        {banner.by} <LocalTime at={banner.since} />
        {banner.more === '' ? '' : ` · ${banner.more}`}
      </p>
    </div>
  );
}
