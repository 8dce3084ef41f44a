'use client';

import { useEffect, useMemo } from 'react';
import { useLive } from '#components/shell/canvas-live.tsx';
import { useClock } from '#components/ui/use-clock.ts';
import { letterOfStatus } from '#lib/client/apply-frame.ts';
import { BAR_COUNT, type HistoryBars, minuteOf, shiftBars } from '#lib/client/history-bars.ts';
import type { WorkspaceStatus } from '#lib/contract/workspace-status.ts';
import { barPaths, barsInWords } from './bar-paths.ts';

const FILL = {
  ok: 'fill-ok opacity-60',
  warn: 'fill-warn',
  bad: 'fill-bad',
  drain: 'fill-drain',
  off: 'fill-off',
  none: 'fill-line-strong',
} as const;

/** The last hour as sixty bars: one svg, one path per colour. Moves on with the clock even when nothing is heard. */
export function HourBars({ id, bars, status }: { id: string; bars: HistoryBars | null; status: WorkspaceStatus }) {
  const live = useLive();
  const minute = useClock((now) => minuteOf(now) - 1);
  const missing = bars === null;
  useEffect(() => {
    if (missing) live.wantBars(id);
  }, [live, id, missing]);
  const letters = useMemo(
    () => (bars === null ? '.'.repeat(BAR_COUNT) : shiftBars(bars, minute, letterOfStatus(status)).letters),
    [bars, minute, status],
  );
  return (
    <svg
      className="block h-5 w-full stale:opacity-50 compact:h-4"
      viewBox="0 0 298 20"
      preserveAspectRatio="none"
      role="img"
      aria-label={missing ? 'Last hour: loading' : barsInWords(letters)}
    >
      {barPaths(letters).map(({ tone, d }) => (
        <path key={tone} className={FILL[tone]} d={d} />
      ))}
    </svg>
  );
}
