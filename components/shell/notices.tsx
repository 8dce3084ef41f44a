'use client';

import { type ReactNode, useSyncExternalStore } from 'react';
import { plainText } from '#components/ui/plain-text.ts';
import { type Notice, pageNotices } from '#lib/client/notices.ts';
import { FOOT_SLOT, NOTICE_SLOT } from './notice-slot.ts';

const NONE: readonly Notice[] = [];

/** What came of what the person did: successes politely, refusals at once and until dismissed. `children` lie above them. */
export function Notices({ children }: { children: ReactNode }) {
  const notices = useSyncExternalStore(pageNotices.subscribe, pageNotices.read, () => NONE);
  return (
    <div className="pointer-events-none fixed inset-x-3 bottom-3 z-40 grid justify-items-center gap-2">
      {children}
      <div id={NOTICE_SLOT} className="contents" />
      {notices.map(({ id, text, failed }) => (
        <div
          key={id}
          role={failed ? 'alert' : 'status'}
          data-tone={failed ? 'bad' : 'ok'}
          className="pointer-events-auto flex max-w-xl items-start gap-3 rounded-lg border border-tone/50 bg-raise py-2 pr-2 pl-3 text-sm shadow-lg shadow-black/20"
        >
          <p className="py-1 wrap-anywhere" dir="auto">
            {plainText(text)}
          </p>
          <button
            type="button"
            aria-label="Dismiss"
            className="size-7 flex-none rounded text-faint hover:bg-text/7 hover:text-text coarse:size-11"
            onClick={() => pageNotices.dismiss(id)}
          >
            ✕
          </button>
        </div>
      ))}
      <div id={FOOT_SLOT} className="contents" />
    </div>
  );
}
