'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useCatchUp } from '#components/shell/canvas-live.tsx';
import { loadFleet } from '#lib/client/load-fleet.ts';

/** Fetches the whole fleet whenever something may have been missed. Answers why that failed last, and a way to try again. */
export function useLoadFleet(): { failure: Error | null; retry: () => void } {
  const client = useQueryClient();
  const [failure, setFailure] = useState<Error | null>(null);
  const load = useCallback(
    async (signal: AbortSignal) => {
      try {
        await loadFleet(client, signal);
        setFailure(null);
      } catch (refused) {
        if (!signal.aborted) setFailure(refused instanceof Error ? refused : new Error('The platform did not say why.'));
        throw refused;
      }
    },
    [client],
  );
  useCatchUp(load);
  return { failure, retry: () => void load(new AbortController().signal).catch(() => undefined) };
}
