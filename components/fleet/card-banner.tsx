'use client';

import { mayRestart, mayStartAgain } from '#components/restart-sheet/may-restart.ts';
import { Button } from '#components/ui/button.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { restartSheet } from '#lib/client/restart-sheet.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { bannerOf } from './banner-of.ts';
import { BannerText } from './banner-text.tsx';
import { StartAgainButton } from './start-again-button.tsx';
import { WhyButton } from './why-button.tsx';

/** What is wrong, in one line or two, and since when. At most one per card: the shown state is already the worst that holds. */
export function CardBanner({ card, state }: { card: WorkspaceCard; state: ShownState }) {
  const banner = bannerOf(card, state);
  return (
    <div data-banner={state} className="grid gap-1 rounded-md bg-tint py-2 pr-2 pl-2.5 compact:py-1.5">
      <p className="clamp-2 text-sm wrap-anywhere" dir="auto">
        <BannerText banner={banner} />
      </p>
      <p className="truncate text-xs text-soft">
        {banner.by} <LocalTime at={banner.since} />
        {banner.more === '' ? '' : ` · ${banner.more}`}
      </p>
      <div className="relative z-10 mt-0.5 flex gap-1 coarse:gap-6">
        {(state === 'wedged' || state === 'degraded') && mayRestart(card) && (
          <Button small look="tone" aria-haspopup="dialog" onClick={() => restartSheet.open(card.id)}>
            {card.provisioner === 'process' ? 'Drain and restart' : 'Drain'}
          </Button>
        )}
        {mayStartAgain(card) && <StartAgainButton card={card} look="tone" small />}
        <WhyButton card={card} state={state} banner={banner} />
      </div>
    </div>
  );
}
