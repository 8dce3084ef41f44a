'use client';

import { formatAge } from '#lib/domain/duration-text.ts';
import { useClock } from './use-clock.ts';

/** Uptime as it was said at a beat; it goes on between beats, as long as the agent is thought to run. */
export function Uptime({ seconds, at }: { seconds: number; at: number | null }) {
  return <>{useClock((now) => formatAge(seconds * 1000 + (at === null ? 0 : Math.max(0, now - at))))}</>;
}
