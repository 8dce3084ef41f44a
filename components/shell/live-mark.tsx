'use client';

import type { LiveMark } from '#lib/client/event-stream.ts';
import { useLiveMark } from './canvas-live.tsx';

const SAYS: Record<LiveMark, { word: string; tone: string; title: string }> = {
  live: { word: 'live', tone: 'ok', title: 'Changes arrive as they happen' },
  reconnecting: { word: 'reconnecting', tone: 'warn', title: 'The connection to Canvas is lost; it is tried again by itself' },
  polling: { word: 'polling', tone: 'warn', title: 'Changes cannot be streamed at the moment; everything is asked for every 5 seconds' },
};

/** How this page hears of changes. */
export function LiveMarkView() {
  const mark = useLiveMark();
  const { word, tone, title } = SAYS[mark];
  return (
    <p data-live={mark} data-tone={tone} title={title} role="status" className="flex flex-none items-center gap-1.5 text-xs text-soft">
      <svg aria-hidden="true" viewBox="0 0 8 8" className="size-2">
        {mark === 'live' ? (
          <circle cx="4" cy="4" r="3" className="fill-tone" />
        ) : (
          <circle cx="4" cy="4" r="3" className="fill-none stroke-tone stroke-[1.5]" strokeDasharray="2 1.2" />
        )}
      </svg>
      {word}
    </p>
  );
}
