'use client';

import { useSyncExternalStore } from 'react';
import { localTimeText } from './local-time-text.ts';

const subscribeNever = () => () => undefined;

/** A moment as text in the viewer's zone. The server does not know the zone: it says UTC, and the browser corrects it. */
export function useLocalTime(at: number): string {
  return useSyncExternalStore(
    subscribeNever,
    () => localTimeText(at, Date.now()),
    () => `${new Date(at).toISOString().slice(11, 19)} UTC`,
  );
}

/** A moment in the viewer's zone, with ISO on hover. */
export function LocalTime({ at }: { at: number }) {
  const iso = new Date(at).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {useLocalTime(at)}
    </time>
  );
}
