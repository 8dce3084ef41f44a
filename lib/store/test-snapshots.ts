import type { Snapshot } from '#lib/contract/snapshot.ts';
import type { SnapshotDetail } from '#lib/contract/snapshots.ts';
import { newId } from './new-id.ts';

/** Test support: a whole snapshot, of which a test names only what it is about. */
export function aSnapshot(some: Partial<Snapshot> = {}): Snapshot {
  return {
    schema: 1,
    workspace_id: 'w',
    timestamp: 1000,
    boot_id: 'boot',
    current_task: 'Reading the mail',
    active_tasks: 1,
    uptime_seconds: 60,
    session_id: 'session',
    transcript_lines: ['user: hello', 'agent: hello'],
    transcript_lines_dropped: 0,
    completed_message_ids: ['m1'],
    unfinished: [],
    adapter: { mood: 'calm' },
    redactions: {},
    dropped_sandbox: 0,
    ...some,
  };
}

/** Test support: the same as it is kept. */
export function aKeptSnapshot(some: Partial<SnapshotDetail> = {}): SnapshotDetail {
  const snapshot = some.snapshot ?? aSnapshot();
  return {
    id: newId(),
    workspace_id: snapshot.workspace_id,
    taken_at: snapshot.timestamp,
    received_at: 2000,
    boot_id: snapshot.boot_id,
    run_id: null,
    origin: 'runtime',
    bytes: 400,
    current_task: snapshot.current_task,
    session_id: snapshot.session_id,
    transcript_lines: snapshot.transcript_lines.length,
    completed_messages: snapshot.completed_message_ids.length,
    unfinished: snapshot.unfinished.length,
    redactions: snapshot.redactions,
    dropped_sandbox: snapshot.dropped_sandbox,
    ...some,
    snapshot,
  };
}
