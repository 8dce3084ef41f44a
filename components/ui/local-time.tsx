'use client';

import { useSyncExternalStore } from 'react';

const DAY_MS = 86_400_000;
const subscribeNever = () => () => undefined;
let timeOfDay: Intl.DateTimeFormat | undefined;
let dateAndTime: Intl.DateTimeFormat | undefined;

function inViewersZone(at: number): string {
  timeOfDay ??= new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  dateAndTime ??= new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (Date.now() - at < DAY_MS / 2 ? timeOfDay : dateAndTime).format(at);
}

/** A moment as text in the viewer's zone. The server does not know the zone: it says UTC, and the browser corrects it. */
export function useLocalTime(at: number): string {
  return useSyncExternalStore(
    subscribeNever,
    () => inViewersZone(at),
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
