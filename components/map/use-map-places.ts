'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { callApi } from '#lib/client/api.ts';
import type { Preferences } from '#lib/contract/preferences.ts';

type Kept = Preferences['map'];
const KEY = ['preferences'] as const;

/** Where this person dragged workspaces to. A move shows at once; when it cannot be kept, it goes back and `failure` says why. */
export function useMapPlaces() {
  const client = useQueryClient();
  const [failure, setFailure] = useState<string | null>(null);
  const { data, isPending } = useQuery<Preferences>({ queryKey: KEY, queryFn: ({ signal }) => callApi('GET /preferences', { signal }) });
  const write = useCallback(
    async (map: Kept, change: Record<string, [number, number] | null> | null) => {
      const before = client.getQueryData<Preferences>(KEY);
      if (before) client.setQueryData<Preferences>(KEY, { ...before, map });
      try {
        setFailure(null);
        await callApi<Preferences>('PATCH /preferences', { body: { map: change } });
      } catch (refused) {
        if (before) client.setQueryData<Preferences>(KEY, before);
        setFailure(`The arrangement was not kept: ${refused instanceof Error ? refused.message : 'the platform did not say why.'}`);
      }
    },
    [client],
  );
  const move = useCallback(
    (moved: Record<string, [number, number]>) => write({ ...client.getQueryData<Preferences>(KEY)?.map, ...moved }, moved),
    [client, write],
  );
  const reset = useCallback(() => write({}, null), [write]);
  return { kept: data?.map ?? NOTHING, isPending, failure, move, reset };
}

const NOTHING: Kept = {};
