'use client';

import { useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Popover } from '#components/ui/popover.tsx';
import { EvidenceList } from '#components/workspace/evidence-list.tsx';
import { STATUS_RULE } from '#components/workspace/status-rule.ts';
import { useDetail } from '#components/workspace/use-detail.ts';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import type { Banner } from './banner-of.ts';
import { BannerText } from './banner-text.tsx';

/** The evidence behind a banner, on demand. */
export function WhyButton({ card, state, banner }: { card: WorkspaceCard; state: ShownState; banner: Banner }) {
  const ref = useRef<HTMLButtonElement>(null);
  const [open, setOpen] = useState(false);
  const name = plainText(card.name);
  return (
    <>
      <Button ref={ref} small look="quiet" aria-expanded={open} aria-label={`Why? ${name}`} onClick={() => setOpen(!open)}>
        Why?
      </Button>
      {open && (
        <Popover anchor={ref} label={`Why ${name} is shown so`} className="w-104" onClose={() => setOpen(false)}>
          <div className="grid max-h-[70dvh] gap-3 overflow-y-auto overscroll-contain p-4">
            <p className="wrap-anywhere" dir="auto">
              <BannerText banner={banner} />
            </p>
            <p className="text-sm text-soft">{STATUS_RULE[state]}</p>
            <Evidence card={card} />
          </div>
        </Popover>
      )}
    </>
  );
}

function Evidence({ card }: { card: WorkspaceCard }) {
  const { data, error, refetch } = useDetail(card.id);
  if (data) return <EvidenceList card={card} evidence={data.evidence} />;
  if (error === null) return <div role="status" aria-label="Loading the evidence" className="h-56 animate-pulse rounded-md bg-text/5" />;
  return (
    <div role="alert" className="grid justify-items-start gap-2 text-sm">
      <p className="text-bad">{plainText(error.message)}</p>
      <Button small onClick={() => void refetch()}>
        Try again
      </Button>
    </div>
  );
}
