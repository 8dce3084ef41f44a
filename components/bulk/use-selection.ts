'use client';

import { useSyncExternalStore } from 'react';
import { fleetSelection } from '#lib/client/selection.ts';

const NONE: readonly string[] = [];

/** Whether cards can be selected now. */
export function useSelecting(): boolean {
  return useSyncExternalStore(fleetSelection.subscribe, fleetSelection.isOn, () => false);
}

/** Renders only when this one is selected, or is not any more. */
export function useSelected(id: string): boolean {
  return useSyncExternalStore(
    fleetSelection.subscribe,
    () => fleetSelection.has(id),
    () => false,
  );
}

export function useSelectedIds(): readonly string[] {
  return useSyncExternalStore(fleetSelection.subscribe, fleetSelection.ids, () => NONE);
}
