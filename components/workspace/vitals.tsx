'use client';

import type { ReactNode } from 'react';
import { bannerOf } from '#components/fleet/banner-of.ts';
import { BannerText } from '#components/fleet/banner-text.tsx';
import { errorText } from '#components/fleet/error-text.ts';
import { isSilent } from '#components/fleet/is-silent.ts';
import { PausedLine } from '#components/fleet/paused-line.tsx';
import { RunBanner } from '#components/fleet/run-banner.tsx';
import { WaitingLine } from '#components/fleet/waiting-line.tsx';
import { Age } from '#components/ui/age.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { Uptime } from '#components/ui/uptime.tsx';
import { NEEDS_PERSON, type ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';

function Vital({ name, hot = false, children }: { name: string; hot?: boolean; children: ReactNode }) {
  return (
    <div className="grid gap-0.5 px-4 py-3">
      <dt className="text-xs text-faint">{name}</dt>
      <dd className={`text-lg font-medium ${hot ? 'text-tone' : ''}`}>{children}</dd>
    </div>
  );
}

/** In the place of a task: since when nothing runs, by whom and why, and what waits for it. */
function PausedFacts({ card }: { card: WorkspaceCard }) {
  return (
    <div className="grid gap-1 border-b border-line px-4 py-3">
      <PausedLine card={card} />
      <WaitingLine queued={card.queued} />
    </div>
  );
}

/** What is wrong, in full; what it does, in full; the few numbers that matter. */
export function Vitals({ card, state }: { card: WorkspaceCard; state: ShownState }) {
  const silent = isSilent(state, card.run);
  const banner = NEEDS_PERSON[state] && card.run === null ? bannerOf(card, state) : null;
  const task = plainText(card.current_task);
  return (
    <div className="grid gap-4">
      {card.run !== null && <RunBanner card={card} run={card.run} />}
      {banner !== null && (
        <div data-banner={state} className="grid gap-1 rounded-lg border border-tone/45 bg-tint px-4 py-3">
          <p className="font-medium wrap-anywhere" dir="auto">
            <BannerText banner={banner} />
          </p>
          <p className="text-xs text-soft">
            {banner.by} <LocalTime at={banner.since} />
            {banner.more === '' ? '' : ` · ${banner.more}`}
          </p>
        </div>
      )}
      <div className="rounded-lg border border-line bg-panel">
        {state === 'paused' ? (
          <PausedFacts card={card} />
        ) : (
          <p className={`border-b border-line px-4 py-3 wrap-anywhere ${task === '' ? 'text-faint' : ''}`} dir="auto">
            {task === '' ? 'Idle' : task}
          </p>
        )}
        <dl className="grid grid-cols-2 sm:grid-cols-4">
          <Vital name="Up">
            {silent || card.uptime_seconds === null ? '–' : <Uptime seconds={card.uptime_seconds} at={card.last_heartbeat_at} />}
          </Vital>
          <Vital name="Tasks in flight">{silent ? '–' : formatCount(card.active_tasks)}</Vital>
          <Vital name="Failed requests" hot={state === 'degraded'}>
            {silent ? '–' : errorText(card)}
          </Vital>
          <Vital name="Last beat" hot={state === 'late' || state === 'offline'}>
            {card.last_heartbeat_at === null ? 'none yet' : <Age at={card.last_heartbeat_at} />}
          </Vital>
        </dl>
      </div>
    </div>
  );
}
