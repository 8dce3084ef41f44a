'use client';

import { type QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from 'react';
import { type CanvasLive, createCanvasLive, type PageMark } from '#lib/client/canvas-live.ts';
import { createFleetClient } from '#lib/client/fleet-cache.ts';

const LiveContext = createContext<CanvasLive | null>(null);
const ServerNow = createContext(0);

/** Owns the browser's copy of the fleet and the stream that keeps it true, for as long as the person is on any page. */
export function CanvasLiveProvider({ serverNow, children }: { serverNow: number; children: ReactNode }) {
  const [client] = useState<QueryClient>(createFleetClient);
  const [live] = useState(() => createCanvasLive(client));
  useEffect(() => live.start(), [live]);
  return (
    <QueryClientProvider client={client}>
      <LiveContext value={live}>
        <ServerNow value={serverNow}>{children}</ServerNow>
      </LiveContext>
    </QueryClientProvider>
  );
}

export function useLive(): CanvasLive {
  const live = use(LiveContext);
  if (live === null) throw new Error('useLive is for components inside CanvasLiveProvider');
  return live;
}

/** The platform's clock when this page was rendered: what the first paint's ages are made from, on both sides. */
export function useServerNow(): number {
  return use(ServerNow);
}

export function useLiveMark(): PageMark {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.mark, () => 'connecting');
}

export function useCaughtUp(): boolean {
  const live = useLive();
  return useSyncExternalStore(live.subscribe, live.caughtUp, () => false);
}

/** Calls `load` whenever this page may have missed something: at its start, after an interruption, on a reset. */
export function useCatchUp(load: (signal: AbortSignal) => Promise<void>): void {
  const live = useLive();
  useEffect(() => live.onCatchUp(load), [live, load]);
}
