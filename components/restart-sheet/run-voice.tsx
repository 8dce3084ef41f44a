'use client';

import { useEffect, useRef, useState } from 'react';
import { plainText } from '#components/ui/plain-text.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { runLines } from './run-lines.ts';
import { runTitle } from './run-title.ts';

/** At most one announcement in this time: steps that follow each other at once are told by the last of them. */
const EVERY_MS = 3_000;

/**
 * Tells the steps to those who listen instead of looking: politely; only a failure interrupts. It lives inside the sheet
 * because what is outside a modal dialog is not announced while it is open.
 */
export function RunVoice({ run, left }: { run: RestartRunDetail; left: number }) {
  const now = runLines(run, left).find((line) => line.state === 'now');
  const failed = run.state === 'failed';
  const says = plainText(run.ended_at !== null || now === undefined ? `${runTitle(run)}. ${run.failure?.why ?? ''}` : now.label);
  const [said, setSaid] = useState('');
  const lastAt = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        lastAt.current = performance.now();
        setSaid(says);
      },
      failed ? 0 : Math.max(300, lastAt.current + EVERY_MS - performance.now()),
    );
    return () => clearTimeout(timer);
  }, [says, failed]);
  return (
    <>
      <p className="sr-only" aria-live="polite">
        {failed ? '' : said}
      </p>
      <p className="sr-only" aria-live="assertive">
        {failed ? said : ''}
      </p>
    </>
  );
}
