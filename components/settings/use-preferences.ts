'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { fetchPreferences, patchPreferences, preferencesKey } from '#lib/client/preferences.ts';
import { tellTabs } from '#lib/client/tabs.ts';
import { tell } from '#lib/client/workspace-actions.ts';
import type { Preferences } from '#lib/contract/preferences.ts';

type Change = Partial<Omit<Preferences, 'map'>>;

/** What a person set for themselves, and a way to change it: on the screen at once, and back when it is refused. */
export function usePreferences(initial: Preferences) {
  const client = useQueryClient();
  const query = useQuery({ queryKey: preferencesKey, queryFn: ({ signal }) => fetchPreferences(signal), initialData: initial });
  const change = async (wish: Change, done: string | null): Promise<boolean> => {
    const before = client.getQueryData<Preferences>(preferencesKey);
    client.setQueryData<Preferences>(preferencesKey, (now) => (now === undefined ? now : { ...now, ...wish }));
    const saved = await tell(patchPreferences(wish), done);
    client.setQueryData<Preferences>(preferencesKey, saved ?? before);
    if (saved !== undefined) tellTabs();
    return saved !== undefined;
  };
  return { preferences: query.data, change };
}
