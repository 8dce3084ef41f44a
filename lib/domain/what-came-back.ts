import type { Restored } from '#lib/contract/restarts.ts';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { restoredDifferences } from './restored-differences.ts';

/** A snapshot that a process may have been started from. `lastWord`: the one before it did nothing more after saving it. */
export interface GivenSnapshot {
  snapshot: Snapshot;
  lastWord: boolean;
}

/**
 * What a new process shows, beside what it was given. One that was killed went on working after its snapshot and kept the
 * rest in its files: what differs from that snapshot then is newer, not lost, and nothing is said of it.
 */
export function whatCameBack(given: GivenSnapshot | null, now: Snapshot): Restored {
  const { session_id, transcript_lines, completed_message_ids } = now;
  const before = given?.snapshot.session_id ?? null;
  const same = session_id === before;
  return {
    confirmed: true,
    why:
      given === null
        ? 'No snapshot was saved before it ended; this is what it kept by itself'
        : given.lastWord
          ? ''
          : 'It ended without saving: its snapshot is older than its end, and it has what it kept by itself since',
    session_id,
    session_resumed: given === null || before === null || !(same || given.lastWord) ? null : same,
    transcript_lines: transcript_lines.length,
    completed_messages: completed_message_ids.length,
    differences: given?.lastWord ? restoredDifferences(given.snapshot, now) : [],
  };
}
