'use client';

import Link from 'next/link';
import { keptWords, queueWords, RUN_KIND_LABEL, taskWords } from '#components/restarts/run-words.ts';
import { Age } from '#components/ui/age.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { Part } from './part.tsx';

/** How it went the last time. */
export function LastRestart({ run }: { run: RestartRunDetail | null }) {
  if (run === null || run.ended_at === null) return null;
  const kept = keptWords({ ...run, unfinished: [] });
  const said = [
    taskWords(run),
    run.queue.delivered + run.queue.failed + run.queue.waiting > 0 ? `messages: ${queueWords(run.queue)}` : '',
    run.state === 'done' && run.kind !== 'pause' && kept !== '' ? `kept: ${kept}` : '',
  ].filter((part) => part !== '');
  return (
    <Part
      id="last"
      title={`Last ${RUN_KIND_LABEL[run.kind].toLowerCase()}`}
      note={
        <>
          <Age at={run.ended_at} /> ago · took {formatAge(run.ended_at - run.requested_at)} · {run.state}
        </>
      }
    >
      {run.failure !== null && (
        <p data-tone="bad" className="text-sm wrap-anywhere text-tone" dir="auto">
          {plainText(run.failure.why)}
        </p>
      )}
      <p className="text-sm text-soft">
        {said.length > 0 && `${said.join('; ')}. `}
        <Link
          className="font-medium text-accent underline underline-offset-4"
          prefetch={false}
          href={`/restarts/${encodeURIComponent(run.id)}`}
        >
          See it whole
        </Link>
      </p>
    </Part>
  );
}
