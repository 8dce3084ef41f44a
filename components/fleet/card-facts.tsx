'use client';

import type { ReactNode } from 'react';
import { Age } from '#components/ui/age.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { Uptime } from '#components/ui/uptime.tsx';
import type { ShownState } from '#lib/contract/workspace-status.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { errorText } from './error-text.ts';
import { isSilent } from './is-silent.ts';

function Fact({ name, hot, end, children }: { name: string; hot?: boolean; end?: boolean; children: ReactNode }) {
  return (
    <div className={`flex min-w-0 gap-1.5 whitespace-nowrap ${end ? 'ml-auto flex-none' : ''}`}>
      <dt className="flex-none text-faint">{name}</dt>
      <dd className={`min-w-0 truncate ${hot ? 'font-medium text-tone stale:font-normal stale:text-faint' : 'text-soft stale:text-faint'}`}>
        {children}
      </dd>
    </div>
  );
}

export function CardFacts({ card, state }: { card: WorkspaceCard; state: ShownState }) {
  const silent = isSilent(state, card.run);
  return (
    <dl className="flex min-w-0 gap-3 text-xs">
      <Fact name="up">
        {silent || card.uptime_seconds === null ? '–' : <Uptime seconds={card.uptime_seconds} at={card.last_heartbeat_at} />}
      </Fact>
      <Fact name="tasks">{silent ? '–' : formatCount(card.active_tasks)}</Fact>
      <Fact name="errors" hot={state === 'degraded'}>
        {silent ? '–' : errorText(card)}
      </Fact>
      <Fact name="beat" hot={state === 'late' || state === 'offline'} end>
        {card.last_heartbeat_at === null ? 'none yet' : <Age at={card.last_heartbeat_at} />}
      </Fact>
    </dl>
  );
}
