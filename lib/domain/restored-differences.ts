import type { Snapshot } from '#lib/contract/snapshot.ts';
import { snapshotDiff } from './snapshot-diff.ts';

const MOST = 10;
/** What a process does now says nothing about what it restored. */
const OF_THE_MOMENT = new Set(['current_task', 'active_tasks', 'dropped_sandbox']);

/** What a process that was just started holds otherwise than the snapshot that it was given, in words for a person. */
export function restoredDifferences(given: Snapshot, now: Snapshot): string[] {
  const { fields, transcript, completed } = snapshotDiff(given, now);
  const said = fields
    .filter(({ field }) => !OF_THE_MOMENT.has(field))
    .map(({ field, before, after }) =>
      after === null ? `${field} is missing` : before === null ? `${field} is new` : `${field} is another`,
    );
  if (transcript.removed.length > 0) said.push(`${lines(transcript.removed.length)} of the transcript missing`);
  if (transcript.added.length > 0) said.push(`${lines(transcript.added.length)} of the transcript new`);
  if (completed.removed > 0) said.push(`${completed.removed} finished messages no longer known`);
  return said.length <= MOST ? said : [...said.slice(0, MOST), `and ${said.length - MOST} more`];
}

const lines = (count: number) => (count === 1 ? '1 line' : `${count} lines`);
