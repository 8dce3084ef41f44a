'use client';

import Link from 'next/link';
import { AgentWords } from '#components/delegations/agent-words.tsx';
import { FactList, FactRow } from '#components/restarts/run-facts.tsx';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { SpanPart, TraceSpan } from '#lib/contract/traces.ts';
import { SpanMark } from './span-mark.tsx';
import { sourceName, targetName, tookText } from './span-words.ts';

const LINK = 'font-medium text-accent underline underline-offset-4';

/** All that is known of one request: what was asked, its time in parts, what came back, and where to go from it. */
export function SpanDetail({ span, now }: { span: TraceSpan; now: number }) {
  return (
    <div className="grid min-w-0 gap-3 text-sm">
      <p>
        <SpanMark span={span} />
      </p>
      <p className="wrap-anywhere" dir="auto">
        <RedactedText text={span.summary} />
      </p>
      {span.error !== '' && (
        <p data-tone="bad" className="wrap-anywhere text-tone" dir="auto">
          {plainText(span.error)}
        </p>
      )}
      <FactList>
        <FactRow name="Began">
          <LocalTime at={span.started_at} />
        </FactRow>
        <FactRow name={span.ended_at === null ? 'For' : 'Took'}>{tookText((span.ended_at ?? now) - span.started_at)}</FactRow>
        {span.parts.map((part) => (
          <Part key={`${part.kind}-${part.from}`} part={part} now={now} />
        ))}
        {span.attempts > 1 && <FactRow name="Attempts">{span.attempts}</FactRow>}
        {span.redelivered && <FactRow name="Marked">as delivered again: an earlier attempt may have been begun</FactRow>}
      </FactList>
      {span.response_preview.trim() !== '' && <AgentWords by={targetName(span)} text={span.response_preview} />}
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {span.delegation_id !== null && (
          <li>
            <Link className={LINK} href={`/delegations/${encodeURIComponent(span.delegation_id)}`} prefetch={false}>
              The delegation
            </Link>
          </li>
        )}
        {span.source_id !== null && (
          <li>
            <Link className={LINK} href={`/w/${encodeURIComponent(span.source_id)}`} prefetch={false}>
              <bdi>{sourceName(span)}</bdi>
            </Link>
          </li>
        )}
        <li>
          <Link className={LINK} href={`/w/${encodeURIComponent(span.target_id)}`} prefetch={false}>
            <bdi>{targetName(span)}</bdi>
          </Link>
        </li>
      </ul>
    </div>
  );
}

function Part({ part: { kind, from, to, run_id }, now }: { part: SpanPart; now: number }) {
  return (
    <FactRow name={kind === 'held' ? 'Held back' : kind === 'waiting' ? 'Waited' : 'Worked on'}>
      {tookText((to ?? now) - from)}
      {kind === 'waiting' && <span className="text-faint"> for its turn</span>}
      {kind === 'held' &&
        (run_id === null ? (
          <span className="text-faint">: its target could not take it</span>
        ) : (
          <>
            {' '}
            during{' '}
            <Link className={LINK} href={`/restarts/${encodeURIComponent(run_id)}`} prefetch={false}>
              a restart
            </Link>
          </>
        ))}
    </FactRow>
  );
}
