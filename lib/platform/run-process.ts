import type { Snapshot } from '#lib/contract/snapshot.ts';
import { applyRestarting, applyRunFailed, applyRunStart } from '#lib/domain/run-status.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { lastWords } from '#lib/domain/status-reasons.ts';
import type { Deps } from './deps.ts';
import type { HeldRun } from './restart-runs.ts';
import { snapshotOfDrain } from './run-save.ts';
import { settle } from './settle.ts';
import { storedSnapshot } from './snapshot-keeping.ts';
import { startFailureOf } from './start-failure.ts';

/** A start that failed is tried once more; then it is for a person. */
const ATTEMPTS = 2;
const OUTPUT_LINES = 30;

/** Ends the process, gracefully, and stamps `stopped`. What it saved on its way out is the newest snapshot. */
export async function stopForRun(deps: Deps, held: HeldRun): Promise<void> {
  const { live } = held;
  const wasStopping = held.run.stopping;
  await deps.runs.advance(held, { stopping: true });
  // A cancel that was taken a moment before goes first.
  if (held.run.cancelled_by !== null && !wasStopping) return deps.runs.advance(held, { stopping: false });
  if (held.run.kind !== 'pause')
    await settle(deps, live, applyRestarting(live.facts, held.run.actor.name, deps.now()), held.run.actor, deps.now());
  deps.addresses.forget(live.row.id);
  const instance = await deps.keeper.halt(live.row.id);
  const newest = await snapshotOfDrain(deps, held);
  const snapshot_id = newest?.id ?? held.run.snapshot_id;
  await deps.runs.advance(held, { stopping: false, attempts: 0, started_at: null, snapshot_id }, 'stopped', {
    code: instance.exit_code,
    signal: instance.exit_signal,
  });
  deps.delivery.poke(live.row.id);
}

/** Starts it with a fresh token, and stamps `started`. A process that an earlier platform started for this run is taken over. */
export async function startForRun(deps: Deps, held: HeldRun): Promise<void> {
  const { run, live } = held;
  const begun = run.started_at;
  // One that a platform began and did not live to see the end of is the same attempt.
  const attempt = begun === null ? run.attempts + 1 : Math.max(run.attempts, 1);
  const running = await deps.keeper.runningOf(live.row.id);
  if (begun !== null && running && (running.started_at ?? 0) >= begun - 1000) {
    await deps.runs.advance(held, { attempts: attempt }, 'started', { attempt, pid: running.pid });
    return;
  }
  const now = deps.now();
  await deps.runs.advance(held, { started_at: now, attempts: attempt });
  if (held.run.cancelled_by !== null && run.kind === 'resume' && begun === null)
    return deps.runs.advance(held, { started_at: null, attempts: run.attempts });
  await settle(deps, live, applyRestarting(live.facts, run.actor.name, now), run.actor, now);
  await settle(deps, live, applyRunStart(live.facts, now), run.actor, now);
  try {
    const instance = await deps.keeper.launch(live.row.id, await snapshotToGive(deps, held));
    await deps.runs.advance(held, {}, 'started', { attempt, pid: instance.pid });
  } catch (error) {
    if (deps.runs.ending.aborted) throw error;
    await startFailed(deps, held, error instanceof Error ? error.message : String(error), error);
  }
}

/** One retry; then the run has failed, with the last output, and the queue stays. */
export async function startFailed(deps: Deps, held: HeldRun, why: string, error: unknown = null): Promise<void> {
  const { run, live } = held;
  const lines = (await deps.provisioner?.log(live.row.id, OUTPUT_LINES).catch(() => [])) ?? [];
  const output = lastWords(String(scrub(lines.join('\n')).value));
  await deps.keeper.halt(live.row.id);
  // Somebody wants it stopped meanwhile: that is the next look's.
  if (held.run.kind === 'pause') return deps.runs.advance(held, { attempts: 0, started_at: null }, 'stopped', {});
  if (run.attempts < ATTEMPTS) {
    deps.log('warn', 'a workspace could not be started; it is tried once more', { workspace_id: live.row.id, run_id: run.id, why });
    await deps.runs.advance(held, { started_at: null });
    return startForRun(deps, held);
  }
  const failure = { step: run.state, why: String(scrub(why).value).slice(0, 2000), output };
  const told = error === null ? { code: null, signal: null, output, said: why } : startFailureOf(error);
  await settle(deps, live, applyRunFailed(live.facts, { ...told, output }, deps.now()), run.actor, deps.now());
  await deps.runs.advance(held, { failure }, 'failed', { why: failure.why });
  deps.delivery.poke(live.row.id);
}

/** The older snapshot that was asked for; null: what the workspace saved itself lies where it restores from. */
async function snapshotToGive(deps: Deps, { run }: HeldRun): Promise<Snapshot | null> {
  if (run.restore_snapshot_id === null) return null;
  return { ...(await storedSnapshot(deps, run.restore_snapshot_id)).snapshot, chosen: true };
}
