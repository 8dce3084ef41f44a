'use client';

import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { mergeBars, mergeCards, rememberNames } from '#lib/client/fleet-cache.ts';
import type { BarsAnswer } from '#lib/contract/history.ts';
import type { WorkspaceCard } from '#lib/contract/workspaces.ts';
import { useLive } from './canvas-live.tsx';

export interface FleetSeed {
  cards: readonly WorkspaceCard[];
  /** Names of others that the cards speak of. */
  known: readonly { id: string; name: string }[];
  bars: BarsAnswer;
  /** `epoch:seq` of the data: where the stream may resume; null when that is not known, then it begins with what is new. */
  seq: string | null;
  now: number;
}

/** Puts what the server rendered from into the browser's copy, before anything below reads it. On the server and in the browser alike. */
export function SeedFleet({ seed, children }: { seed: FleetSeed; children: ReactNode }) {
  const client = useQueryClient();
  const live = useLive();
  useState(() => {
    mergeCards(client, seed.cards);
    rememberNames(client, seed.known);
    mergeBars(client, seed.bars);
    live.seed(seed.seq, seed.now);
    return true;
  });
  return children;
}
