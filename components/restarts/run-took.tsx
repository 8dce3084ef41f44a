'use client';

import { useClock } from '#components/ui/use-clock.ts';
import { formatAge } from '#lib/domain/duration-text.ts';

/** How long it took, or takes so far, ticking. */
export function RunTook({ from, to }: { from: number; to: number | null }) {
  return <>{useClock((now) => formatAge((to ?? now) - from))}</>;
}
