'use client';

import Link from 'next/link';
import { FactList, FactRow } from '#components/restarts/run-facts.tsx';
import { RunTook } from '#components/restarts/run-took.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import type { ShownDelegation } from '#lib/contract/delegations.ts';

/** When, how long, how often tried; the request that it is part of. */
export function DelegationFacts({ delegation }: { delegation: ShownDelegation }) {
  const { delegation_id: did, created_at, ended_at, expires_at, attempts, origin, trace_id, span_id } = delegation;
  return (
    <FactList>
      <FactRow name="Given">
        <LocalTime at={created_at} />
      </FactRow>
      <FactRow name={ended_at === null ? 'For' : 'Took'}>
        <RunTook from={created_at} to={ended_at} />
      </FactRow>
      {ended_at === null && (
        <FactRow name="Expires">
          <LocalTime at={expires_at} />
        </FactRow>
      )}
      {attempts > 0 && <FactRow name="Attempts">{attempts}</FactRow>}
      {origin === 'recorded' && <FactRow name="Handed over by">its source itself: Canvas only keeps account of it</FactRow>}
      {trace_id !== '' && (
        <FactRow name="Part of">
          <Link
            className="font-medium text-accent underline underline-offset-4"
            href={`/traces/${trace_id}?span=${span_id}`}
            prefetch={false}
          >
            the whole request, as a time line
          </Link>
        </FactRow>
      )}
      <FactRow name="Id">
        <span className="flex flex-wrap items-center gap-2">
          <code className="font-mono text-xs break-all">{did}</code>
          <CopyButton text={did} label="Copy id" />
        </span>
      </FactRow>
    </FactList>
  );
}
