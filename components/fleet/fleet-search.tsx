'use client';

import { useEffect, useRef, useState } from 'react';
import { useWrittenEarly } from '#components/ui/use-written-early.ts';
import { pageHold } from '#lib/client/order-hold.ts';
import { useFleetQuery } from './use-fleet-query.ts';

const TYPING_MS = 120;

/** Searches as it is typed. The address follows; the browser's own history gets no entry for each letter. */
export function FleetSearch() {
  const [{ q }, change] = useFleetQuery();
  const [text, setText] = useState(q);
  const release = useRef<(() => void) | null>(null);
  const written = useRef(q);
  const field = useRef<HTMLInputElement>(null);
  useWrittenEarly(field, text, setText);
  useEffect(() => {
    if (q !== written.current) setText(q);
    written.current = q;
  }, [q]);
  useEffect(() => {
    if (text === written.current) return;
    const timer = setTimeout(() => {
      written.current = text;
      change({ q: text });
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, change]);
  useEffect(() => () => release.current?.(), []);
  return (
    <search className="relative ml-auto min-w-0 flex-1 sm:max-w-md">
      <svg
        aria-hidden="true"
        viewBox="0 0 16 16"
        className="pointer-events-none absolute top-1/2 left-2.5 size-3.5 -translate-y-1/2 fill-none stroke-faint stroke-[1.6]"
      >
        <circle cx="7" cy="7" r="4.6" />
        <path d="m10.6 10.6 3.2 3.2" />
      </svg>
      <input
        ref={field}
        id="fleet-search"
        type="search"
        aria-label="Search the fleet"
        aria-keyshortcuts="/"
        placeholder="Search, or status:wedged beat>5m"
        autoComplete="off"
        spellCheck={false}
        maxLength={200}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onFocus={() => {
          release.current ??= pageHold.take();
        }}
        onBlur={() => {
          release.current?.();
          release.current = null;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          if (text === '') event.currentTarget.blur();
          setText('');
        }}
        className="h-8 w-full rounded-md border border-line bg-bg pr-8 pl-8 text-sm placeholder:text-faint hover:border-line-strong coarse:h-11 coarse:text-base"
      />
      <kbd
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-2 -translate-y-1/2 rounded border border-line px-1.5 font-mono text-xs text-faint coarse:hidden"
      >
        /
      </kbd>
    </search>
  );
}
