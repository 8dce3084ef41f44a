'use client';

import type { PageMark } from '#lib/client/canvas-live.ts';
import { useLiveMark } from './canvas-live.tsx';

const SAYS: Record<PageMark, { word: string; tone: string; title: string }> = {
  connecting: { word: 'live', tone: 'off', title: 'The connection to Canvas is being opened' },
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
      {/* It has the width of what it becomes: nothing in the header moves at the first paint. */}
      <span className={mark === 'connecting' ? 'invisible' : undefined}>{word}</span>
    </p>
  );
}
