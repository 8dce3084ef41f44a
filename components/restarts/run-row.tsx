'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { Countdown } from '#components/ui/countdown.tsx';
import { formatCount } from '#components/ui/format-count.ts';
import { LinkPending } from '#components/ui/link-pending.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { ListedRun, RestartRun } from '#lib/contract/restarts.ts';
import { RunMark } from './run-mark.tsx';
import { RunTook } from './run-took.tsx';
import { askedAndWhy, counted, drainsFirst, keptWords, queueWords, RUN_KIND_LABEL } from './run-words.ts';

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 gap-1.5">
      <dt className="flex-none text-faint">{name}</dt>
      <dd className="min-w-0 truncate text-soft" dir="auto">
        {children}
      </dd>
    </div>
  );
}

/** What was at work: how many, and the first of them by name. */
function inFlightText({ in_flight: tasks }: RestartRun): string {
  const [first] = tasks;
  if (first === undefined) return 'nothing';
  const summary = plainText(first.summary ?? '').trim();
  if (summary === '') return counted(tasks.length, 'task');
  return tasks.length === 1 ? summary : `${summary}, ${counted(tasks.length - 1, 'more', 'more')}`;
}

/** One run as a strip: how it is, whose, who asked and why, when and how long; what was at work, kept and delivered. */
export function RunRow({ run, ofOne = false }: { run: ListedRun; ofOne?: boolean }) {
  const kept = keptWords(run);
  const kind = RUN_KIND_LABEL[run.kind];
  return (
    <li
      className={`relative grid gap-x-4 gap-y-1 border-t border-line px-4 py-3 first:border-t-0 hover:bg-text/3 ${ofOne ? 'md:grid-cols-[7rem_minmax(0,1fr)_auto]' : 'md:grid-cols-[9rem_minmax(0,1fr)_auto]'}`}
    >
      <p className="flex items-baseline justify-between md:pt-0.5">
        <RunMark state={run.state} />
        <span className="text-xs text-faint md:hidden">
          <LocalTime at={run.requested_at} />
        </span>
      </p>
      <div className="grid min-w-0 gap-1">
        <h3 className="flex min-w-0 items-baseline gap-2 text-base">
          <Link
            href={`/restarts/${encodeURIComponent(run.id)}`}
            prefetch={false}
            className="min-w-0 truncate font-semibold outline-none after:absolute after:inset-0 focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
            dir="auto"
          >
            {ofOne ? kind : plainText(run.workspace_name)}
            <LinkPending />
          </Link>
          {!ofOne && <span className="flex-none text-xs text-faint">{kind}</span>}
        </h3>
        <p className="text-sm wrap-anywhere text-soft" dir="auto">
          {plainText(askedAndWhy(run))}
        </p>
        {run.failure !== null && (
          <p data-tone="bad" className="text-sm wrap-anywhere text-tone" dir="auto">
            {plainText(run.failure.why)}
          </p>
        )}
        {run.failure === null && run.ended_at === null && run.waits_for !== '' && (
          <p className="text-sm wrap-anywhere" dir="auto">
            Waits for {plainText(run.waits_for)}
          </p>
        )}
        <dl className="flex min-w-0 flex-wrap gap-x-4 gap-y-0.5 text-xs">
          {drainsFirst(run) && <Fact name="in flight">{inFlightText(run)}</Fact>}
          {run.state === 'draining' && run.in_flight.length > 0 && (
            <Fact name="left">
              {formatCount(run.still_in_flight.length)} of {formatCount(run.in_flight.length)}
            </Fact>
          )}
          {run.state === 'draining' && run.deadline_at !== null && (
            <Fact name="deadline in">
              <Countdown at={run.deadline_at} />
            </Fact>
          )}
          {kept !== '' && <Fact name="kept">{kept}</Fact>}
          {queueWords(run.queue) !== 'none' && <Fact name="messages">{queueWords(run.queue)}</Fact>}
        </dl>
      </div>
      <p className="text-xs text-faint md:text-right">
        <span className="max-md:hidden">
          <LocalTime at={run.requested_at} />
        </span>
        <span className="md:block">
          {run.ended_at === null ? 'for ' : 'took '}
          <span className="text-soft">
            <RunTook from={run.requested_at} to={run.ended_at} />
          </span>
        </span>
      </p>
    </li>
  );
}
