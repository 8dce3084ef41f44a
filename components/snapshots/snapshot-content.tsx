'use client';

import type { ReactNode } from 'react';
import { FactList, FactRow } from '#components/restarts/run-facts.tsx';
import { counted } from '#components/restarts/run-words.ts';
import { TaskList } from '#components/restarts/task-list.tsx';
import { plainText } from '#components/ui/plain-text.ts';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { formatAge } from '#lib/domain/duration-text.ts';
import { RedactedText } from './redacted-text.tsx';
import { RedactionChips } from './redaction-chips.tsx';
import { TranscriptLines } from './transcript-lines.tsx';

const NONE = <span className="text-faint">none</span>;

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="grid min-w-0 gap-2">
      <h3 className="text-sm font-semibold">{title}</h3>
      {children}
    </section>
  );
}

/** All that a snapshot holds. Every text in it is the agent's own: shown, never followed. */
export function SnapshotContent({ snapshot }: { snapshot: Snapshot }) {
  const adapter = Object.entries(snapshot.adapter);
  return (
    <>
      <FactList>
        <FactRow name="Task">
          {snapshot.current_task === '' ? (
            NONE
          ) : (
            <span dir="auto">
              <RedactedText text={snapshot.current_task} />
            </span>
          )}
        </FactRow>
        <FactRow name="Session">
          {snapshot.session_id === null ? NONE : <code className="font-mono text-xs break-all">{plainText(snapshot.session_id)}</code>}
        </FactRow>
        <FactRow name="At work">{counted(snapshot.active_tasks, 'task')}</FactRow>
        <FactRow name="Messages done">{counted(snapshot.completed_message_ids.length, 'message')} never done again</FactRow>
        <FactRow name="Had been up">{formatAge(snapshot.uptime_seconds * 1000)}</FactRow>
        <FactRow name="Process">
          <code className="font-mono text-xs break-all">{plainText(snapshot.boot_id)}</code>
        </FactRow>
      </FactList>
      <Part title="Taken out before it was saved">
        <RedactionChips redactions={snapshot.redactions} sandbox={snapshot.dropped_sandbox} />
      </Part>
      {snapshot.unfinished.length > 0 && (
        <Part title="Cut off, to be done again">
          <TaskList tasks={snapshot.unfinished} />
        </Part>
      )}
      <Part title={`Transcript, the last ${counted(snapshot.transcript_lines.length, 'line')}`}>
        <TranscriptLines lines={snapshot.transcript_lines} dropped={snapshot.transcript_lines_dropped} />
      </Part>
      {adapter.length > 0 && (
        <Part title="What else the agent keeps">
          <FactList>
            {adapter.map(([key, value]) => (
              <FactRow key={key} name={plainText(key)}>
                <code className="font-mono text-xs" dir="auto">
                  <RedactedText text={typeof value === 'string' ? value : JSON.stringify(value)} />
                </code>
              </FactRow>
            ))}
          </FactList>
        </Part>
      )}
    </>
  );
}
