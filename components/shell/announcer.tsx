'use client';

import { useEffect, useState } from 'react';
import { plainText } from '#components/ui/plain-text.ts';
import { announcementOf, type StatusChange, statusChangeOf } from '#lib/client/announce.ts';
import { useLive } from './canvas-live.tsx';

/** At most one announcement in this time, whatever happens. */
const EVERY_MS = 6_000;

/** Tells status changes to those who listen instead of looking: politely; only a failure interrupts. */
export function Announcer() {
  const live = useLive();
  const [said, setSaid] = useState({ polite: '', assertive: '' });
  useEffect(() => {
    let waiting: StatusChange[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    let lastAt = 0;
    const say = () => {
      timer = null;
      lastAt = Date.now();
      const failed = waiting.filter((change) => change.state === 'failed');
      setSaid({ polite: announcementOf(waiting.filter((change) => change.state !== 'failed')), assertive: announcementOf(failed) });
      waiting = [];
    };
    const stop = live.onLedger((event, workspace) => {
      const change = workspace === null ? null : statusChangeOf(event, plainText(workspace.name));
      if (change === null) return;
      waiting.push(change);
      timer ??= setTimeout(say, Math.max(500, lastAt + EVERY_MS - Date.now()));
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [live]);
  return (
    <>
      <p className="sr-only" aria-live="polite">
        {said.polite}
      </p>
      <p className="sr-only" aria-live="assertive">
        {said.assertive}
      </p>
    </>
  );
}
