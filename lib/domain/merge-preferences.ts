import type { Preferences, PreferencesPatch } from '#lib/contract/preferences.ts';

/** What is given replaces, of the map place by place; null takes away. */
export function mergePreferences(before: Preferences, patch: PreferencesPatch): Preferences {
  return {
    quiet_hours: patch.quiet_hours === undefined ? before.quiet_hours : patch.quiet_hours,
    toasts: patch.toasts ?? before.toasts,
    map: patch.map === null ? {} : mergeMap(before.map, patch.map ?? {}),
  };
}

function mergeMap(before: Preferences['map'], patch: NonNullable<PreferencesPatch['map']>): Preferences['map'] {
  const places = new Map(Object.entries(before));
  for (const [id, place] of Object.entries(patch)) {
    if (place === null) places.delete(id);
    else places.set(id, place);
  }
  return Object.fromEntries(places);
}
