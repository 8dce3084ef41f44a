import type { Restored } from '#lib/contract/restarts.ts';
import { type GivenSnapshot, whatCameBack } from '#lib/domain/what-came-back.ts';
import { latestSnapshot, snapshotById } from '#lib/store/snapshots.ts';
import type { Deps } from './deps.ts';
import { askLiveSnapshot } from './live-snapshot.ts';
import type { HeldRun } from './restart-runs.ts';

/** Looks at what the new process holds, before any message reaches it, and stamps `restored` with what came back. */
export async function lookAtRestored(deps: Deps, held: HeldRun): Promise<void> {
  const { id: snapshot_id, lastWord } = await givenSnapshot(deps, held);
  const given = snapshot_id === null ? null : await snapshotById(deps.store.db, snapshot_id);
  const restored = await look(deps, held, given === null ? null : { snapshot: given.snapshot, lastWord });
  const kept = held.run.restore_snapshot_id === null ? { snapshot_id } : {};
  await deps.runs.advance(held, { restored, ...kept }, 'restored', { ...restored, snapshot_id });
}

/**
 * What it was started from: the one that was asked for, the one of this run, or what the process before it left. The last
 * is its last word where a pause ended it; in any other run a process that saved nothing was killed.
 */
async function givenSnapshot(deps: Deps, { run }: HeldRun): Promise<{ id: string | null; lastWord: boolean }> {
  if (run.restore_snapshot_id !== null) return { id: run.restore_snapshot_id, lastWord: true };
  if (run.snapshot_id !== null || run.boot_id_before === null) return { id: run.snapshot_id, lastWord: true };
  const left = await latestSnapshot(deps.store.db, run.workspace_id, { bootId: run.boot_id_before });
  return { id: left?.id ?? null, lastWord: run.kind === 'resume' };
}

async function look(deps: Deps, { run }: HeldRun, given: GivenSnapshot | null): Promise<Restored> {
  const live = await askLiveSnapshot(deps, run.workspace_id, deps.runs.ending);
  if (live.outcome === 'acknowledged') return whatCameBack(given, live.snapshot);
  if (deps.runs.ending.aborted) throw new Error('Canvas is shutting down');
  const nothing = { session_id: null, session_resumed: null, transcript_lines: 0, completed_messages: 0, differences: [] };
  return { confirmed: false, why: live.why, ...nothing };
}
