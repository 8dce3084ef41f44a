import type { Preferences, preferencesSchema } from '#lib/contract/preferences.ts';
import { callApi } from './api.ts';

export const preferencesKey = ['preferences'] as const;

export const fetchPreferences = (signal?: AbortSignal) => callApi<Preferences>('GET /preferences', signal === undefined ? {} : { signal });
/** Changes what is given; answers all of it. */
export const patchPreferences = (body: (typeof preferencesSchema)['_input']) => callApi<Preferences>('PATCH /preferences', { body });
