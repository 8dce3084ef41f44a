'use client';

import { useState } from 'react';
import { LocalTime } from '#components/ui/local-time.tsx';
import { useClock } from '#components/ui/use-clock.ts';
import { useLive, useLiveMark } from './canvas-live.tsx';

/** Shorter interruptions are not worth a word: the mark in the header has said it. */
const WORTH_SAYING_MS = 3_000;

/**
 * Says that what is shown is old because *we* lost the connection, so that nobody takes it for silent agents. It lies over
 * the foot of the page, among the notices: nothing moves when it comes and goes, and what filters stays in reach.
 */
export function ConnectionLost() {
  const live = useLive();
  const mark = useLiveMark();
  const [hidden, setHidden] = useState<number | null>(null);
  const since = mark === 'reconnecting' ? live.lostAt() : null;
  const worth = useClock((now) => since !== null && now - since > WORTH_SAYING_MS);
  if (since === null || !worth || hidden === since) return null;
  return (
    <div
      role="status"
      data-tone="warn"
      className="pointer-events-auto flex max-w-xl items-start gap-3 rounded-lg border border-tone/50 bg-raise py-2 pr-2 pl-3 text-sm shadow-lg shadow-black/20"
    >
      <p className="py-1">
        The connection to Canvas was lost at <LocalTime at={since} />. What you see is from then; your agents are not affected. It is tried
        again by itself.
      </p>
      <button
        type="button"
        aria-label="Dismiss"
        className="size-7 flex-none rounded text-faint hover:bg-text/7 hover:text-text coarse:size-11"
        onClick={() => setHidden(since)}
      >
        ✕
      </button>
    </div>
  );
}
