'use client';

import Link from 'next/link';
import { useState } from 'react';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { StatusShape } from '#components/status/status-shape.tsx';
import { tookText } from '#components/trace/span-words.ts';
import { Age } from '#components/ui/age.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';
import { ActivityBodies } from './activity-bodies.tsx';
import { ACTIVITY_LABEL, outcomeOf } from './activity-words.ts';

/** One row of the log; opened, all that is kept of it. */
export function ActivityRowView({ row }: { row: ActivityRow }) {
  const [open, setOpen] = useState(false);
  const { tone, shape, words } = outcomeOf(row);
  const summary = plainText(row.summary).trim();
  return (
    <li
      data-row={row.id}
      data-tone={tone}
      className="border-t border-line [contain-intrinsic-size:auto_3.25rem] [content-visibility:auto] first:border-t-0"
    >
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="grid min-h-11 w-full min-w-0 grid-cols-[0.75rem_minmax(0,1fr)_auto] items-baseline gap-x-2.5 px-4 py-2 text-left text-sm outline-none hover:bg-text/3 focus-visible:outline-2 focus-visible:-outline-offset-2 focus-visible:outline-accent"
      >
        {shape === null ? (
          <svg className="size-[11px] flex-none fill-none stroke-tone stroke-[1.8]" viewBox="0 0 12 12" aria-hidden="true">
            <path d="m1.2 6.6 3 3L10.8 2.6" />
          </svg>
        ) : (
          <StatusShape state={shape} />
        )}
        <span className="min-w-0">
          <span className={`${open ? '' : 'clamp-2'} wrap-anywhere`} dir="auto">
            {summary === '' ? <span className="text-faint">No text</span> : <RedactedText text={row.summary} />}
          </span>
          {row.error_detail !== null && row.error_detail !== '' && (
            <span className={`${open ? 'block' : 'clamp-2'} wrap-anywhere text-tone`} dir="auto">
              {plainText(row.error_detail)}
            </span>
          )}
          <span className="block text-xs text-faint">
            {ACTIVITY_LABEL[row.activity_type] ?? plainText(row.activity_type)} · <span className="text-tone">{plainText(words)}</span>
            {row.duration_ms !== null && ` · ${tookText(row.duration_ms)}`}
          </span>
        </span>
        <span className="text-right text-xs text-faint">
          <span className="block text-soft">
            <Age at={row.created_at} /> ago
          </span>
          <LocalTime at={row.created_at} />
        </span>
      </button>
      {open && (
        <div className="grid gap-3 px-4 pb-4 pl-9.5">
          <ActivityBodies row={row} />
          {row.trace_id !== null && (
            <p className="text-sm">
              <Link className="font-medium text-accent underline underline-offset-4" href={`/traces/${row.trace_id}`} prefetch={false}>
                The request that it belongs to
              </Link>
            </p>
          )}
        </div>
      )}
    </li>
  );
}
