'use client';

import { useQuery, useQueryClient, skipToken } from '@tanstack/react-query';
import { useCallback } from 'react';
import { type FleetIndex, fleetKey, readCards } from '#lib/client/fleet-cache.ts';
import { loadFleet } from '#lib/client/load-fleet.ts';
import { NEEDS_PERSON } from '#lib/contract/workspace-status.ts';
import { compareAttention, shownState } from '#lib/domain/shown-state.ts';
import { useCatchUp } from '#components/shell/canvas-live.tsx';
import { WorkspaceCardView } from './workspace-card.tsx';

export function FleetScreen() {
  const client = useQueryClient();
  useQuery<FleetIndex>({ queryKey: fleetKey, queryFn: skipToken });
  useCatchUp(
    useCallback(
      async (signal: AbortSignal) => {
        await loadFleet(client, signal);
      },
      [client],
    ),
  );
  const cards = readCards(client).sort(compareAttention);
  const needs = cards.filter((card) => NEEDS_PERSON[shownState(card)]);
  const rest = cards.filter((card) => !NEEDS_PERSON[shownState(card)]);
  return (
    <main className="grid gap-4 p-5">
      {[needs, rest].map((list, i) => (
        <div key={i === 0 ? 'needs' : 'rest'} className="grid gap-3" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, var(--card-w)), 1fr))' }}>
          {list.map((card) => (
            <WorkspaceCardView key={card.id} id={card.id} />
          ))}
        </div>
      ))}
    </main>
  );
}
