import { z } from 'zod';
import { CanvasError } from '#lib/contract/errors.ts';
import { type Preferences, preferencesSchema } from '#lib/contract/preferences.ts';
import { mergePreferences } from '#lib/domain/merge-preferences.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { savePreferences, preferencesOf as storedPreferences } from '#lib/store/preferences.ts';
import { allowOperator } from './allow.ts';
import { personOf } from './person.ts';
import { readVerb } from './verb.ts';

const MAX_PLACES = 10_000;

export const getPreferences = readVerb({
  name: 'getPreferences',
  input: z.object({}),
  allow: allowOperator,
  run: ({ actor, deps }): Promise<Preferences> => preferencesOf(deps.store.db, personOf(actor).id),
});

/** One's own affair, and the map changes with every drag: neither ledger nor audit learn of it. */
export const patchPreferences = readVerb({
  name: 'patchPreferences',
  input: preferencesSchema,
  allow: allowOperator,
  run: ({ actor, deps }, patch): Promise<Preferences> => {
    const { id } = personOf(actor);
    return deps.incidents.write(async ({ tx }) => {
      const merged = mergePreferences(await preferencesOf(tx, id), patch);
      if (Object.keys(merged.map).length > MAX_PLACES) {
        throw new CanvasError('bad_request', `map: at most ${MAX_PLACES} places are kept; take some away with null first.`);
      }
      await savePreferences(tx, id, merged);
      return merged;
    });
  },
});

/** What a person set, with the defaults for the rest. */
export async function preferencesOf(db: Db, personId: string): Promise<Preferences> {
  const stored = preferencesSchema.safeParse((await storedPreferences(db, personId)) ?? {});
  return mergePreferences({ quiet_hours: null, toasts: true, map: {} }, stored.success ? stored.data : {});
}
