'use client';

import Link from 'next/link';
import { RunTook } from '#components/restarts/run-took.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LinkPending } from '#components/ui/link-pending.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { BulkRestart } from '#lib/contract/bulk-restarts.ts';
import { BulkBar } from './bulk-bar.tsx';
import { BulkMark } from './bulk-mark.tsx';
import { countsWords, totalOf } from './bulk-words.ts';

/** One restart of many as a strip. */
export function BulkRow({ bulk }: { bulk: BulkRestart }) {
  return (
    <li className="relative grid gap-x-4 gap-y-1 border-t border-line px-4 py-3 first:border-t-0 hover:bg-text/3 md:grid-cols-[9rem_minmax(0,1fr)_auto]">
      <p className="flex items-baseline justify-between md:pt-0.5">
        <BulkMark bulk={bulk} />
        <span className="text-xs text-faint md:hidden">
          <LocalTime at={bulk.requested_at} />
        </span>
      </p>
      <div className="grid min-w-0 gap-1">
        <h3 className="text-base">
          <Link
            href={`/restarts/bulk/${encodeURIComponent(bulk.id)}`}
            prefetch={false}
            className="font-semibold outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
          >
            {formatCount(totalOf(bulk.counts))} workspaces
            <LinkPending />
          </Link>
        </h3>
        <p className="text-sm wrap-anywhere text-soft" dir="auto">
          asked for by {plainText(bulk.actor.name)}
          {bulk.reason !== null && bulk.reason !== '' && `: “${plainText(bulk.reason)}”`}
        </p>
        {bulk.why !== '' && (
          <p className="text-sm wrap-anywhere" dir="auto">
            {plainText(bulk.why)}
          </p>
        )}
        <div className="max-w-md py-1">
          <BulkBar counts={bulk.counts} />
        </div>
        <p className="text-xs text-soft">
          {countsWords(bulk.counts)} · {formatCount(bulk.concurrency)} at a time
        </p>
      </div>
      <p className="text-xs text-faint md:text-right">
        <span className="max-md:hidden">
          <LocalTime at={bulk.requested_at} />
        </span>
        <span className="md:block">
          {bulk.ended_at === null ? 'for ' : 'took '}
          <span className="text-soft">
            <RunTook from={bulk.requested_at} to={bulk.ended_at} />
          </span>
        </span>
      </p>
    </li>
  );
}
