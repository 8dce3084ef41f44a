'use client';

import { formatAge } from '#lib/domain/duration-text.ts';
import { useClock } from './use-clock.ts';

/** How long ago `at` was, ticking. */
export function Age({ at }: { at: number }) {
  return <>{useClock((now) => formatAge(now - at))}</>;
}
