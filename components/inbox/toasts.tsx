'use client';

import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { useLive } from '#components/shell/canvas-live.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { plainText } from '#components/ui/plain-text.ts';
import { fetchInbox } from '#lib/client/inbox.ts';
import { fetchPreferences, preferencesKey } from '#lib/client/preferences.ts';
import { createRefresh } from '#lib/client/refresh.ts';
import { addToasts, dropToast, NO_TOASTS, toastWords } from '#lib/client/toast-list.ts';
import { isAlert } from '#lib/client/unread.ts';
import type { InboxItem } from '#lib/contract/inbox.ts';
import { detailBelow, SEVERITY_TONE } from './inbox-words.ts';
import { SeverityMark } from './severity-mark.tsx';

const LOOK_EVERY_MS = 1_000;
const SAY_EVERY_MS = 6_000;
const SHOWN_MS = 8_000;
const SHOWN_CRITICAL_MS = 20_000;

/**
 * What is new in the inbox, over the foot of another page. What is muted, or read meanwhile in another tab, is not among
 * the unread ones, and so comes up here neither. That a delegation was completed is read in the inbox; it calls nobody.
 */
export function Toasts({ news }: { news: Set<string> }) {
  const client = useQueryClient();
  const live = useLive();
  const [list, setList] = useState(NO_TOASTS);
  const [held, setHeld] = useState(false);
  const [said, setSaid] = useState({ polite: '', assertive: '' });
  const all = useRef<HTMLDivElement>(null);
  const look = () => setHeld(all.current !== null && (all.current.matches(':hover') || all.current.contains(document.activeElement)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: one that went may have been the one that somebody was at
  useEffect(look, [list]);
  useEffect(() => {
    let unsaid: InboxItem[] = [];
    const say = createRefresh(async () => {
      const critical = unsaid.filter(({ severity }) => severity === 'critical');
      setSaid({ polite: toastWords(unsaid.filter((item) => !critical.includes(item))), assertive: toastWords(critical) });
      unsaid = [];
    }, SAY_EVERY_MS);
    const fetchNew = createRefresh(async () => {
      const ids = new Set(news);
      news.clear();
      // Nobody sees them in a tab that is not in sight; its title has the count.
      if (ids.size === 0 || document.visibilityState === 'hidden') return;
      const { toasts } = await client.fetchQuery({ queryKey: preferencesKey, queryFn: ({ signal }) => fetchPreferences(signal) });
      if (!toasts) return;
      const page = await fetchInbox({ view: 'unread', workspace: null, kind: null }, null);
      const fresh = page.items.filter((item) => ids.has(item.id) && (isAlert(item) || item.kind !== 'delegation'));
      setList((before) => addToasts(before, fresh));
      unsaid.push(...fresh);
      if (fresh.length > 0) say.soon();
    }, LOOK_EVERY_MS);
    fetchNew.soon();
    const stop = live.onLedger((event) => {
      if (event.type === 'incident.changed') fetchNew.soon();
    });
    return () => {
      stop();
      fetchNew.stop();
      say.stop();
    };
  }, [client, live, news]);
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: nothing is pressed here; they only stay while somebody is at one */}
      <div ref={all} className="contents" onPointerOver={look} onPointerOut={look} onFocus={look} onBlur={look}>
        {list.shown.map((item) => (
          <Toast key={item.id} item={item} held={held} onGone={() => setList((before) => dropToast(before, item.id))} />
        ))}
      </div>
      {list.more > 0 && (
        <Link
          href="/inbox"
          prefetch={false}
          className="pointer-events-auto inline-flex min-h-8 sm:justify-self-end items-center rounded-full border border-line-strong bg-raise px-3 text-sm shadow-lg shadow-black/20 hover:border-faint coarse:min-h-11"
        >
          {formatCount(list.more)} more in the inbox
        </Link>
      )}
      <p className="sr-only" aria-live="polite">
        {plainText(said.polite)}
      </p>
      <p className="sr-only" aria-live="assertive">
        {plainText(said.assertive)}
      </p>
    </>
  );
}

interface ToastProps {
  item: InboxItem;
  held: boolean;
  onGone: () => void;
}

/** One of them: goes by itself, but not while somebody points at one or has the keyboard in one: what is read would move. */
function Toast({ item, held, onGone }: ToastProps) {
  const ms = item.severity === 'critical' ? SHOWN_CRITICAL_MS : SHOWN_MS;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what renews the item gives it its time again; the callback is another one each time
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(onGone, ms);
    return () => clearTimeout(timer);
  }, [held, ms, item]);
  const title = plainText(item.title);
  const detail = plainText(detailBelow(item));
  return (
    <div
      data-toast={item.id}
      data-tone={SEVERITY_TONE[item.severity]}
      className="pointer-events-auto flex w-full max-w-md items-start sm:justify-self-end gap-2 rounded-lg border border-tone/50 bg-raise py-2 pr-2 pl-3 text-sm shadow-lg shadow-black/20"
    >
      <div className="grid min-w-0 flex-1 gap-0.5 py-1">
        <SeverityMark item={item} />
        <Link
          href={`/inbox/${encodeURIComponent(item.id)}`}
          prefetch={false}
          className="clamp-2 font-medium underline-offset-4 wrap-anywhere hover:underline"
          dir="auto"
          onClick={onGone}
        >
          {title}
        </Link>
        {detail !== '' && (
          <p className="truncate text-soft" dir="auto">
            {detail}
          </p>
        )}
      </div>
      <button
        type="button"
        aria-label={`Dismiss: ${title}`}
        className="size-7 flex-none rounded text-faint hover:bg-text/7 hover:text-text coarse:size-11"
        onClick={onGone}
      >
        ✕
      </button>
    </div>
  );
}
