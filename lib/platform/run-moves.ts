import { CanvasError } from '#lib/contract/errors.ts';
import type { Move } from '#lib/domain/restart-run.ts';
import { applyDraining, applyRunOver } from '#lib/domain/run-status.ts';
import { applyStop } from '#lib/domain/status-engine.ts';
import { setDesired } from '#lib/store/workspaces.ts';
import type { Deps } from './deps.ts';
import type { HeldRun } from './restart-runs.ts';
import { startFailed, startForRun, stopForRun } from './run-process.ts';
import { lookAtRestored } from './run-restored.ts';
import { saveWhatCanBeSaved } from './run-save.ts';
import { sendDrainSignal, sendReopenSignal } from './run-signal.ts';
import { settle } from './settle.ts';

/**
 * Does one move of a run and stamps it. Everything here may be done again: a platform that dies between the doing and
 * the stamp leaves it to the next one. Rejects when it must be tried again.
 */
export async function performMove(deps: Deps, held: HeldRun, move: Exclude<Move, { do: 'wait' }>): Promise<void> {
  switch (move.do) {
    case 'signal':
      return signal(deps, held);
    case 'tell_force':
      await sendDrainSignal(deps, held.run, 0, { signal: deps.runs.ending });
      return deps.runs.advance(held, { force_told: true });
    case 'stamp':
      return stamp(deps, held, move);
    case 'save':
      return saveWhatCanBeSaved(deps, held);
    case 'cancel':
      return cancel(deps, held);
    case 'stop':
      return stopForRun(deps, held);
    case 'start':
      return startForRun(deps, held);
    case 'start_failed':
      return startFailed(deps, held, move.why);
    case 'restore':
      return lookAtRestored(deps, held);
    case 'finish':
      return finish(deps, held);
  }
}

/** The gate is closed and the status is the run's before the workspace hears of it. */
async function signal(deps: Deps, held: HeldRun): Promise<void> {
  const { run, live } = held;
  await settle(deps, live, applyDraining(live.facts, run.actor.name, run.kind, deps.now()), run.actor, deps.now());
  const signalled_at = deps.now();
  const boot_id_before = live.facts.boot_id;
  const seconds = run.forced_at === null ? run.deadline_seconds : 0;
  const { signal: outcome, in_flight } = await sendDrainSignal(deps, run, seconds, {
    signal: AbortSignal.any([deps.runs.ending, held.interrupt.signal]),
  });
  await deps.runs.advance(
    held,
    {
      signal: outcome,
      in_flight,
      signalled_at,
      boot_id_before,
      deadline_at: seconds === null ? null : signalled_at + seconds * 1000,
      force_told: run.forced_at !== null && outcome.outcome === 'acknowledged',
    },
    'signalled',
    { ...outcome, in_flight: in_flight.length },
  );
  await deps.runs.advance(held, {}, 'draining', { active_tasks: Math.max(in_flight.length, live.facts.active_tasks) });
}

async function stamp(deps: Deps, held: HeldRun, { step, detail }: Extract<Move, { do: 'stamp' }>): Promise<void> {
  const over = step === 'drained' || step === 'deadline_passed';
  const boot = step === 'online' ? { boot_id_after: held.live.facts.boot_id } : {};
  const left = step === 'deadline_passed' ? { unfinished: held.live.facts.drain?.in_flight ?? held.run.in_flight } : {};
  await deps.runs.advance(held, { ...(over ? { drained_at: deps.now() } : {}), ...boot, ...left }, step, detail);
}

/** The workspace takes messages again, as far as it can be told so. */
async function cancel(deps: Deps, held: HeldRun): Promise<void> {
  const { run, live } = held;
  const by = run.cancelled_by?.name ?? 'an operator';
  const back = run.kind === 'pause' ? 'running' : run.kind === 'resume' && live.facts.status === 'paused' ? 'stopped' : null;
  let why = '';
  if (mayHaveHeard(held)) {
    const { signal: told } = await sendReopenSignal(deps, run, { signal: deps.runs.ending });
    const matters = run.signal?.outcome === 'acknowledged' || live.facts.drain?.run_id === run.id;
    if (matters && told.outcome !== 'acknowledged') why = `It could not be told to take messages again: ${told.detail || told.outcome}`;
  }
  await deps.runs.advance(held, {}, 'cancelled', { by, ...(why === '' ? {} : { why }) }, async (tx) => {
    unchanged(held.run.cancelled_by !== null);
    // What was asked for is not wanted any more.
    if (back !== null) await setDesired(tx, live.row.id, back, deps.now());
  });
  if (back !== null) deps.fleet.replaceRow(live.row.id, { ...live.row, desired: back });
  await settle(deps, live, applyRunOver(live.facts, deps.now()), run.cancelled_by ?? run.actor, deps.now());
  afterRun(deps, held);
}

/** Also a signal whose answer was lost, or whose outcome a platform that was killed did not live to write down, may have closed it. */
function mayHaveHeard({ run, live }: HeldRun): boolean {
  if (run.signal === null) return live.facts.status === 'draining';
  return !['not_supported', 'refused', 'no_address'].includes(run.signal.outcome);
}

async function finish(deps: Deps, held: HeldRun): Promise<void> {
  const { run, live } = held;
  const now = deps.now();
  if (run.kind === 'pause') {
    await settle(deps, live, applyStop(live.facts, run.actor.name, now, run.reason), run.actor, now);
    await deps.runs.advance(held, {}, 'done', {}, async (tx) => {
      unchanged(held.run.kind === 'pause');
      await setDesired(tx, live.row.id, 'stopped', now);
    });
    deps.fleet.replaceRow(live.row.id, { ...live.row, desired: 'stopped' });
  } else {
    await deps.runs.advance(held, {}, 'done', {}, async () => unchanged(held.run.kind === run.kind));
    await settle(deps, live, applyRunOver(live.facts, now), run.actor, now);
  }
  afterRun(deps, held);
}

/** An end that was decided is not stamped when somebody asked for something else meanwhile: the run looks again. */
function unchanged(still: boolean): void {
  if (!still) throw new CanvasError('conflict', 'Something else was asked of this run in the meantime');
}

/** The gate is open again, or another rule closes it now: what waits looks. */
function afterRun(deps: Deps, { live }: HeldRun): void {
  deps.clock.place(live);
  deps.delivery.poke(live.row.id);
}
