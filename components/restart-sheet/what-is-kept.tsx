'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { counted } from '#components/restarts/run-words.ts';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { RedactionChips } from '#components/snapshots/redaction-chips.tsx';
import { Age } from '#components/ui/age.tsx';
import { formatBytes } from '#components/ui/format-bytes.ts';
import { formatCount } from '#components/ui/format-count.ts';
import { LocalTime } from '#components/ui/local-time.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import { PanelFailure } from '#components/workspace/panel-failure.tsx';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import type { LiveSnapshotAnswer } from '#lib/contract/snapshots.ts';
import { Part, PartLoading } from './part.tsx';
import { TranscriptTail } from './transcript-tail.tsx';

/** The snapshot as it would be saved now; when that cannot be seen, what was saved last, and plainly so. */
export function WhatIsKept({ live }: { live: UseQueryResult<LiveSnapshotAnswer> }) {
  const { data, error, refetch } = live;
  if (!data) {
    return (
      <Part id="kept" title="What will be kept">
        {error === null ? (
          <PartLoading what="what will be kept" rows={4} />
        ) : (
          <>
            <PanelFailure what="The preview" error={error} onRetry={() => void refetch()} />
            <p className="text-sm text-soft">A restart does not need it: the snapshot is made when the work has ended.</p>
          </>
        )}
      </Part>
    );
  }
  const { snapshot, source } = data;
  return (
    <Part id="kept" title="What will be kept" note={<SourceNote answer={data} />}>
      {source !== 'live' && (
        <p data-tone="warn" className="rounded-md bg-tint px-3 py-2 text-sm wrap-anywhere" dir="auto">
          {plainText(data.why)}
          {source === 'last' ? ' Below is the last one that was saved.' : ' None was saved before.'}
        </p>
      )}
      {snapshot !== null && <SnapshotFacts snapshot={snapshot} live={source === 'live'} />}
      {snapshot !== null && <TranscriptTail lines={snapshot.transcript_lines} dropped={snapshot.dropped_sandbox} />}
      {snapshot !== null && (
        <div className="flex flex-wrap items-center gap-1.5">
          <RedactionChips redactions={snapshot.redactions} sandbox={snapshot.dropped_sandbox} />
          {source === 'live' && <SinceLast answer={data} />}
        </div>
      )}
    </Part>
  );
}

function SourceNote({ answer }: { answer: LiveSnapshotAnswer }) {
  if (answer.source === 'none' || answer.snapshot === null) return null;
  const size = formatBytes(answer.bytes);
  if (answer.source === 'live') {
    return (
      <>
        live from the workspace, <Age at={answer.now} /> ago · {size}
      </>
    );
  }
  return (
    <>
      saved <LocalTime at={answer.snapshot.timestamp} /> · {size}
    </>
  );
}

function SnapshotFacts({ snapshot, live }: { snapshot: Snapshot; live: boolean }) {
  const lines = snapshot.transcript_lines.length;
  const cut = snapshot.transcript_lines_dropped;
  const facts: [string, string][] = [
    ['Task', plainText(snapshot.current_task) || 'none'],
    ['Session', snapshot.session_id === null ? 'none' : `${plainText(snapshot.session_id)}${live ? ' · resumes where it stopped' : ''}`],
    [
      'Transcript',
      lines === 0
        ? 'none'
        : `last ${counted(lines, 'line')}${cut > 0 ? `; ${formatCount(cut)} older ones left out to stay below 1 MB` : ''}`,
    ],
    ['Messages done', formatCount(snapshot.completed_message_ids.length)],
  ];
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-sm sm:grid-cols-[8rem_1fr]">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-faint">{name}</dt>
          <dd className="wrap-anywhere" dir="auto">
            <RedactedText text={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function SinceLast({ answer }: { answer: LiveSnapshotAnswer }) {
  const chip = 'rounded-full border border-line px-2 text-xs leading-5 text-soft';
  if (answer.since_last === null) return null;
  const { added, removed } = answer.since_last.transcript;
  if (answer.since_last.same) return <span className={chip}>same as the last snapshot</span>;
  return (
    <span className={chip}>
      +{formatCount(added.length)} −{formatCount(removed.length)} since the last snapshot
    </span>
  );
}
