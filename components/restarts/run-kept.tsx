'use client';

import Link from 'next/link';
import { RedactedText } from '#components/snapshots/redacted-text.tsx';
import { snapshotAddress } from '#components/snapshots/snapshot-address.ts';
import { formatCount } from '#components/ui/format-count.ts';
import { plainText } from '#components/ui/plain-text.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { FactList, FactRow } from './run-facts.tsx';
import { drainsFirst } from './run-words.ts';

const LINK = 'font-medium text-accent underline underline-offset-4';

/** What was saved before it stopped, and what of it came back. */
export function RunKept({ run }: { run: RestartRunDetail }) {
  const { restored, snapshot_id: saved, restore_snapshot_id: older } = run;
  return (
    <div className="grid gap-3">
      <FactList>
        {(saved !== null || drainsFirst(run)) && (
          <FactRow name="Saved">
            {saved === null ? (
              <span className="text-faint">{run.ended_at === null ? 'not yet' : 'no snapshot'}</span>
            ) : (
              <Link className={LINK} href={snapshotAddress(run.workspace_id, saved)} prefetch={false}>
                Its snapshot
              </Link>
            )}
          </FactRow>
        )}
        {older !== null && (
          <FactRow name="Started from">
            <Link className={LINK} href={snapshotAddress(run.workspace_id, older)} prefetch={false}>
              An older snapshot
            </Link>
          </FactRow>
        )}
        {restored !== null && (
          <>
            <FactRow name="Session">
              {restored.session_id === null ? (
                <span className="text-faint">none</span>
              ) : (
                <>
                  <code className="font-mono text-xs break-all">{plainText(restored.session_id)}</code>
                  {restored.session_resumed !== null && ` · ${restored.session_resumed ? 'resumed' : 'not resumed'}`}
                </>
              )}
            </FactRow>
            <FactRow name="Transcript">{formatCount(restored.transcript_lines)} lines</FactRow>
            <FactRow name="Messages done">{formatCount(restored.completed_messages)} known, none of them is done again</FactRow>
          </>
        )}
      </FactList>
      {restored !== null && (
        <p className="text-sm text-soft" dir="auto">
          {restored.confirmed ? 'The new process showed that it has this.' : 'The new process could not show what it restored.'}
          {restored.why !== '' && ` ${plainText(restored.why)}`}
        </p>
      )}
      {restored !== null && restored.differences.length > 0 && (
        <ul aria-label="What differs" className="list-inside list-disc text-sm wrap-anywhere text-soft">
          {restored.differences.map((text) => (
            <li key={text} dir="auto">
              <RedactedText text={text} />
            </li>
          ))}
        </ul>
      )}
      {saved !== null && run.boot_id_after !== null && (
        <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          <Link className={LINK} href={snapshotAddress(run.workspace_id, saved, 'restored')} prefetch={false}>
            Compare with what came back
          </Link>
          <Link className={LINK} href={snapshotAddress(run.workspace_id, saved, 'live')} prefetch={false}>
            Compare with what runs now
          </Link>
        </p>
      )}
    </div>
  );
}
