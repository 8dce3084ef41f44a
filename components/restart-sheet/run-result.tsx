'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { counted, drainsFirst, queueWords, RUN_KIND_LABEL } from '#components/restarts/run-words.ts';
import { snapshotAddress } from '#components/snapshots/snapshot-address.ts';
import { plainText } from '#components/ui/plain-text.ts';
import type { RestartRunDetail, Restored } from '#lib/contract/restarts.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { Part } from './part.tsx';

const LINK = 'font-medium text-accent underline underline-offset-4';

function sessionText({ session_id: id, session_resumed: resumed, why }: Restored): string {
  const name = id === null ? '' : `${plainText(id)} · `;
  if (resumed === true) return `${name}resumed`;
  if (resumed === false) return `${name}not resumed${why === '' ? '' : `: ${plainText(why)}`}`;
  return id === null ? 'none to resume' : `${name}not known whether it resumed`;
}

/** What came back, and the proof of it. */
export function RunResult({ run }: { run: RestartRunDetail }) {
  const { restored, queue } = run;
  const facts: [string, ReactNode][] = [];
  if (run.boot_id_after !== null) facts.push(['New process', <code key="boot">{plainText(run.boot_id_after)}</code>]);
  if (restored !== null) {
    if (restored.confirmed) {
      facts.push(['Session', sessionText(restored)]);
      facts.push(['Transcript', counted(restored.transcript_lines, 'line')]);
      if (restored.completed_messages > 0)
        facts.push(['Messages done', `${counted(restored.completed_messages, 'message')} never given again`]);
      if (restored.differences.length > 0) facts.push(['Not as it was', restored.differences.map(plainText).join('; ')]);
    } else facts.push(['Restored', `not shown: ${plainText(restored.why)}`]);
  }
  if (queue.waiting + queue.delivered + queue.failed > 0) facts.push(['Messages', queueWords(queue)]);
  if (run.snapshot_id === null && drainsFirst(run) && run.state !== 'cancelled') facts.push(['Snapshot', 'none could be had']);
  const took = run.ended_at === null ? '' : `after ${formatAge(run.ended_at - run.requested_at)}`;
  return (
    <Part
      id="result"
      title={run.state === 'done' && run.kind !== 'pause' ? 'What came back' : `${RUN_KIND_LABEL[run.kind]} ${ENDED[run.state] ?? 'over'}`}
      note={took}
    >
      {facts.length > 0 && (
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm sm:grid-cols-[8rem_1fr]">
          {facts.map(([name, value]) => (
            <div key={name} className="contents">
              <dt className="text-faint">{name}</dt>
              <dd className="wrap-anywhere" dir="auto">
                {value}
              </dd>
            </div>
          ))}
        </dl>
      )}
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {run.snapshot_id !== null && (
          <Link
            className={LINK}
            prefetch={false}
            href={snapshotAddress(run.workspace_id, run.snapshot_id, restored === null ? 'live' : 'restored')}
          >
            {restored === null ? 'Compare what was kept with what runs now' : 'Compare what was kept with what came back'}
          </Link>
        )}
        <Link className={LINK} prefetch={false} href={`/restarts/${encodeURIComponent(run.id)}`}>
          All about this {RUN_KIND_LABEL[run.kind].toLowerCase()}
        </Link>
      </p>
    </Part>
  );
}

const ENDED: Partial<Record<RestartRunDetail['state'], string>> = { done: 'done', cancelled: 'cancelled', failed: 'failed' };
