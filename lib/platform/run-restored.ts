import type { Restored } from '#lib/contract/restarts.ts';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { restoredDifferences } from '#lib/domain/restored-differences.ts';
import { latestSnapshot, snapshotById } from '#lib/store/snapshots.ts';
import type { Deps } from './deps.ts';
import { askLiveSnapshot } from './live-snapshot.ts';
import type { HeldRun } from './restart-runs.ts';

/** Looks at what the new process holds, before any message reaches it, and stamps `restored` with what came back. */
export async function lookAtRestored(deps: Deps, held: HeldRun): Promise<void> {
  const snapshot_id = await givenSnapshot(deps, held);
  const given = snapshot_id === null ? null : await snapshotById(deps.store.db, snapshot_id);
  const restored = await look(deps, held, given?.snapshot ?? null);
  const kept = held.run.restore_snapshot_id === null ? { snapshot_id } : {};
  await deps.runs.advance(held, { restored, ...kept }, 'restored', { ...restored, snapshot_id });
}

/** What it was started from: the one that was asked for, the one of this run, or what the process before it left. */
async function givenSnapshot(deps: Deps, { run }: HeldRun): Promise<string | null> {
  if (run.restore_snapshot_id !== null) return run.restore_snapshot_id;
  if (run.snapshot_id !== null || run.boot_id_before === null) return run.snapshot_id;
  return (await latestSnapshot(deps.store.db, run.workspace_id, { bootId: run.boot_id_before }))?.id ?? null;
}

async function look(deps: Deps, { run }: HeldRun, given: Snapshot | null): Promise<Restored> {
  const live = await askLiveSnapshot(deps, run.workspace_id, deps.runs.ending);
  if (live.outcome !== 'acknowledged') {
    if (deps.runs.ending.aborted) throw new Error('Canvas is shutting down');
    const nothing = { session_id: null, session_resumed: null, transcript_lines: 0, completed_messages: 0, differences: [] };
    return { confirmed: false, why: live.why, ...nothing };
  }
  const { session_id, transcript_lines, completed_message_ids } = live.snapshot;
  return {
    confirmed: true,
    why: given === null ? 'No snapshot was saved before it ended; this is what it kept by itself' : '',
    session_id,
    session_resumed: given === null || given.session_id === null ? null : session_id === given.session_id,
    transcript_lines: transcript_lines.length,
    completed_messages: completed_message_ids.length,
    differences: given === null ? [] : restoredDifferences(given, live.snapshot),
  };
}
