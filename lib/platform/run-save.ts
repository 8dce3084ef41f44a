import type { InFlightTask } from '#lib/contract/heartbeat.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import { latestSnapshot } from '#lib/store/snapshots.ts';
import { eventActorOf, platformActor } from './actor.ts';
import type { Deps } from './deps.ts';
import { askLiveSnapshot } from './live-snapshot.ts';
import type { HeldRun } from './restart-runs.ts';
import { canStop } from './run-view.ts';
import { keepSnapshot, storedSnapshot } from './snapshot-keeping.ts';

const RUNNER = eventActorOf(platformActor('restarts'));

/** Stamps `snapshot_saved`: with the snapshot that came, else with one that is fetched, else with why there is none. */
export async function saveWhatCanBeSaved(deps: Deps, held: HeldRun): Promise<void> {
  const came = await snapshotOfDrain(deps, held);
  const { row, why } = came ? { row: came, why: '' } : await fetched(deps, held);
  await deps.runs.advance(
    held,
    { snapshot_id: row?.id ?? null, unfinished: row ? await cutOff(deps, held, row) : held.run.unfinished },
    'snapshot_saved',
    row
      ? { saved: true, snapshot_id: row.id, bytes: row.bytes, origin: row.origin, redactions: row.redactions, unfinished: row.unfinished }
      : { saved: false, why },
  );
}

/** What was cut off: a runtime that ended its tasks itself drained before anybody here saw them, and lists them in what it saved. */
async function cutOff(deps: Deps, { run }: HeldRun, row: SnapshotRow): Promise<InFlightTask[]> {
  if (row.unfinished === 0) return run.unfinished;
  const { snapshot } = await storedSnapshot(deps, row.id);
  return snapshot.unfinished.map(({ id, summary, started_at }) => ({ id, summary, started_at }));
}

/** The newest snapshot of the process that is drained, taken since it was signalled. */
export async function snapshotOfDrain(deps: Deps, { run }: HeldRun): Promise<SnapshotRow | null> {
  if (run.boot_id_before === null || run.signalled_at === null) return null;
  return latestSnapshot(deps.store.db, run.workspace_id, { bootId: run.boot_id_before, after: run.signalled_at });
}

async function fetched(deps: Deps, { run, live }: HeldRun): Promise<{ row: SnapshotRow | null; why: string }> {
  const ended = canStop(deps, live) ? live.instance?.state !== 'running' : false;
  if (ended || run.signal === null) return { row: null, why: 'Nothing runs that could say what it holds' };
  if (run.signal.outcome === 'timed_out' || run.signal.outcome === 'unreachable')
    return { row: null, why: 'It did not answer the signal, so it was not asked for a snapshot' };
  const asked = await askLiveSnapshot(deps, run.workspace_id, deps.runs.ending);
  if (asked.outcome !== 'acknowledged') return { row: null, why: asked.why };
  const given = { workspaceId: run.workspace_id, snapshot: asked.snapshot, runId: run.id, origin: 'fetched' as const, actor: RUNNER };
  return { row: await keepSnapshot(deps, given), why: '' };
}
