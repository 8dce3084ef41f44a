'use client';

import { useQuery } from '@tanstack/react-query';
import { type PointerEvent, useMemo, useState } from 'react';
import { counted } from '#components/restarts/run-words.ts';
import { formatCount, formatShare } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { callApi } from '#lib/client/api.ts';
import { minuteOf } from '#lib/client/history-bars.ts';
import type { HistoryAnswer } from '#lib/contract/history.ts';
import {
  DAY_MINUTES,
  dayInWords,
  daySlots,
  failedShare,
  minuteWord,
  RATE_HEIGHT,
  ratePath,
  STRIP_HEIGHT,
  statePaths,
} from './day-chart.ts';
import { Panel } from './panel.tsx';
import { PanelFailure } from './panel-failure.tsx';

const EVERY_MS = 30_000;
const HOURS = [24, 18, 12, 6, 0];
const FILL: Record<string, string> = {
  ok: 'fill-ok opacity-60',
  warn: 'fill-warn',
  bad: 'fill-bad',
  drain: 'fill-drain',
  off: 'fill-off opacity-70',
  none: 'fill-line-strong',
};

/** The last 24 hours, minute by minute: how it was, and how much of what it was asked failed. */
export function HistoryPanel({ id, initial }: { id: string; initial: HistoryAnswer }) {
  const [at, setAt] = useState<number | null>(null);
  const { data, error, refetch } = useQuery({
    queryKey: ['history', id],
    queryFn: ({ signal }) => callApi<HistoryAnswer>('GET /workspaces/:id/history', { params: { id }, query: { hours: 24 }, signal }),
    initialData: initial,
    refetchInterval: EVERY_MS,
    gcTime: 60_000,
  });
  const last = minuteOf(data.now);
  const slots = useMemo(() => daySlots(data.minutes, last), [data, last]);
  const states = useMemo(() => statePaths(slots), [slots]);
  const rates = useMemo(() => ratePath(slots), [slots]);
  const total = useMemo(
    () =>
      data.minutes.reduce((sum, slot) => ({ requests: sum.requests + slot.requests, failed: sum.failed + slot.failed }), {
        requests: 0,
        failed: 0,
      }),
    [data],
  );
  const slot = at === null ? null : (slots[at] ?? null);
  const share = failedShare(slot);
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setAt(Math.max(0, Math.min(DAY_MINUTES - 1, Math.floor(((event.clientX - box.left) / box.width) * DAY_MINUTES))));
  };
  return (
    <Panel
      id="history"
      title="Last 24 hours"
      note={
        at === null ? (
          `${counted(total.requests, 'request')}, ${total.requests === 0 ? 'none' : formatShare(total.failed / total.requests)} failed`
        ) : (
          <>
            <LocalTime at={(last - DAY_MINUTES + 1 + at) * 60_000} /> · {minuteWord(slot)}
            {slot !== null &&
              slot.requests > 0 &&
              ` · ${formatCount(slot.failed)} of ${formatCount(slot.requests)} failed (${formatShare(share ?? 0)})`}
            {slot !== null && ` · ${formatCount(slot.tasks)} ${slot.tasks === 1 ? 'task' : 'tasks'}`}
          </>
        )
      }
    >
      {error !== null && <PanelFailure what="The history" error={error} onRetry={() => void refetch()} />}
      <figure className="grid gap-1" onPointerMove={point} onPointerLeave={() => setAt(null)}>
        <svg
          className="block h-7 w-full"
          viewBox={`0 0 ${DAY_MINUTES} ${STRIP_HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`How it was: ${dayInWords(slots)}`}
        >
          {states.map(({ tone, d }) => (
            <path key={tone} className={FILL[tone]} d={d} />
          ))}
          {at !== null && <path className="fill-text" d={`M${at} 0h2v${STRIP_HEIGHT}h-2z`} />}
        </svg>
        <p aria-hidden="true" className="flex justify-between pt-2 text-xs text-faint">
          <span>Failed requests</span>
          <span>100 %</span>
        </p>
        <svg
          className="block h-14 w-full border-b border-line"
          viewBox={`0 0 ${DAY_MINUTES} ${RATE_HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`Failed requests: ${formatCount(total.failed)} of ${formatCount(total.requests)}`}
        >
          <path
            className="fill-none stroke-line"
            vectorEffect="non-scaling-stroke"
            strokeDasharray="3 4"
            d={`M0 ${RATE_HEIGHT / 2}h${DAY_MINUTES}`}
          />
          <path className="fill-warn" d={rates} />
          {at !== null && <path className="fill-text opacity-40" d={`M${at} 0h2v${RATE_HEIGHT}h-2z`} />}
        </svg>
        <figcaption aria-hidden="true" className="flex justify-between text-xs text-faint">
          {HOURS.map((hours) => (
            <span key={hours}>{hours === 0 ? 'now' : `${hours} h ago`}</span>
          ))}
        </figcaption>
      </figure>
    </Panel>
  );
}
