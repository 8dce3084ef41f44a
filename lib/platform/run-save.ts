import { errorCodeOf } from '#lib/contract/errors.ts';
import type { SnapshotRow } from '#lib/contract/snapshots.ts';
import { latestSnapshot } from '#lib/store/snapshots.ts';
import { eventActorOf, platformActor } from './actor.ts';
import { callAgent } from './call-agent.ts';
import type { Deps } from './deps.ts';
import type { HeldRun } from './restart-runs.ts';
import { canStop } from './run-view.ts';
import { keepSnapshot } from './snapshot-keeping.ts';

const FETCH_TIMEOUT_MS = 10_000;
const RUNNER = eventActorOf(platformActor('restarts'));

/** Stamps `snapshot_saved`: with the snapshot that came, else with one that is fetched, else with why there is none. */
export async function saveWhatCanBeSaved(deps: Deps, held: HeldRun): Promise<void> {
  const came = await snapshotOfDrain(deps, held);
  const { row, why } = came ? { row: came, why: '' } : await fetched(deps, held);
  await deps.runs.advance(
    held,
    { snapshot_id: row?.id ?? null },
    'snapshot_saved',
    row
      ? { saved: true, snapshot_id: row.id, bytes: row.bytes, origin: row.origin, redactions: row.redactions, unfinished: row.unfinished }
      : { saved: false, why },
  );
}

/** The newest snapshot of the process that is drained, taken since it was signalled. */
export async function snapshotOfDrain(deps: Deps, { run }: HeldRun): Promise<SnapshotRow | null> {
  if (run.boot_id_before === null || run.signalled_at === null) return null;
  return latestSnapshot(deps.store.db, run.workspace_id, { bootId: run.boot_id_before, after: run.signalled_at });
}

async function fetched(deps: Deps, { run, live }: HeldRun): Promise<{ row: SnapshotRow | null; why: string }> {
  const ended = canStop(deps, live) ? live.instance?.state !== 'running' : false;
  if (ended || run.signal === null) return { row: null, why: 'Nothing runs that could say what it holds' };
  try {
    const answer = await callAgent(deps, run.workspace_id, {
      method: 'GET',
      path: '/signals/snapshot',
      timeoutMs: FETCH_TIMEOUT_MS,
      signal: deps.runs.ending,
    });
    if (answer.status !== 200) return { row: null, why: `Its runtime has no snapshot to give (it answered ${answer.status})` };
    const given = { workspaceId: run.workspace_id, snapshot: answer.body, runId: run.id, origin: 'fetched' as const, actor: RUNNER };
    return { row: await keepSnapshot(deps, given), why: '' };
  } catch (thrown) {
    // Without the store nothing can be kept: tried again, and not told as the runtime's fault.
    if (errorCodeOf(thrown) === 'unavailable' || errorCodeOf(thrown) === 'internal') throw thrown;
    return { row: null, why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
