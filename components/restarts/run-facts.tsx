'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { RestartRunDetail, SignalOutcome } from '#lib/contract/restarts.ts';
import { RunTook } from './run-took.tsx';
import { askedWords, deadlineWords } from './run-words.ts';

const SIGNAL: Record<SignalOutcome, string> = {
  acknowledged: 'acknowledged',
  not_supported: 'not known to its runtime: its tasks were watched instead',
  refused: 'refused: its tasks were watched instead',
  unreachable: 'not delivered, it could not be reached: its tasks were watched instead',
  timed_out: 'not answered in time: its tasks were watched instead',
  bad_answer: 'answered with something else: its tasks were watched instead',
  no_address: 'not sent, it has no address: its tasks were watched instead',
};
const LINK = 'font-medium text-accent underline underline-offset-4';

export function FactRow({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-faint">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}

export function FactList({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1 text-sm">{children}</dl>;
}

/** Who, why, when, how long; how the signal was taken; which process before and after. */
export function RunFacts({ run }: { run: RestartRunDetail }) {
  return (
    <FactList>
      <FactRow name="By">
        <span dir="auto">{run.actor.kind === 'platform' ? 'Canvas' : plainText(run.actor.name)}</span>
        {run.origin !== 'request' && (run.origin !== 'crash' || !run.reason) && (
          <span className="block text-xs text-faint">{plainText(askedWords(run))}</span>
        )}
      </FactRow>
      <FactRow name="Why">
        {run.reason === null || run.reason === '' ? (
          <span className="text-faint">no reason given</span>
        ) : (
          <q dir="auto">{plainText(run.reason)}</q>
        )}
      </FactRow>
      <FactRow name="When">
        <LocalTime at={run.requested_at} />
      </FactRow>
      <FactRow name={run.ended_at === null ? 'For' : 'Took'}>
        <RunTook from={run.requested_at} to={run.ended_at} />
      </FactRow>
      <FactRow name="Waits for work">{run.force ? 'not at all: forced' : deadlineWords(run.deadline_seconds)}</FactRow>
      {run.signal !== null && (
        <FactRow name="Drain signal">
          {SIGNAL[run.signal.outcome]}
          {run.signal.outcome === 'acknowledged' && <span className="text-faint"> after {Math.round(run.signal.ms)} ms</span>}
          {run.signal.outcome !== 'acknowledged' && run.signal.detail !== '' && (
            <span className="block text-xs text-faint" dir="auto">
              {plainText(run.signal.detail)}
            </span>
          )}
        </FactRow>
      )}
      {!run.provisioned && <FactRow name="Stopped by">somebody else: Canvas did not start it, so it only drains it</FactRow>}
      {run.attempts > 1 && <FactRow name="Starts tried">{run.attempts}</FactRow>}
      <FactRow name="Process before">
        <Boot id={run.boot_id_before} />
      </FactRow>
      {(run.boot_id_after !== null || run.ended_at !== null) && (
        <FactRow name="Process after">
          <Boot id={run.boot_id_after} />
        </FactRow>
      )}
      {run.bulk_id !== null && (
        <FactRow name="Part of">
          <Link className={LINK} href={`/restarts/bulk/${encodeURIComponent(run.bulk_id)}`} prefetch={false}>
            a restart of many
          </Link>
        </FactRow>
      )}
    </FactList>
  );
}

function Boot({ id }: { id: string | null }) {
  if (id === null) return <span className="text-faint">none seen</span>;
  return <code className="font-mono text-xs break-all">{plainText(id)}</code>;
}
