import type { RestartRun, RestartRunDetail, RunChoices, RunQueue } from '#lib/contract/restarts.ts';
import type { RunOnCard } from '#lib/contract/workspaces.ts';
import { lapseAfterMs } from '#lib/domain/liveness.ts';
import type { RunState, Seen } from '#lib/domain/restart-run.ts';
import { runChoices } from '#lib/domain/run-choices.ts';
import { newestRun, runBefore, stampsOf } from '#lib/store/restart-runs.ts';
import type { Deps } from './deps.ts';
import type { LiveWorkspace } from './fleet.ts';
import type { HeldRun } from './restart-runs.ts';

/** Whether this platform can stop and start it. */
export function canStop(deps: Deps, live: LiveWorkspace): boolean {
  return live.row.provisioner !== 'none' && deps.provisioner?.kind === live.row.provisioner;
}

/** What a run's next move is decided from. */
export async function seenOf(deps: Deps, { run, live }: HeldRun): Promise<Seen> {
  const can_stop = canStop(deps, live);
  if (can_stop) live.instance = (await deps.provisioner?.inspect(live.row.id)) ?? null;
  const { facts } = live;
  const heard = facts.last_beat_at !== null && deps.now() - facts.last_beat_at < lapseAfterMs(facts.interval_seconds);
  return {
    facts,
    can_stop,
    running: can_stop ? live.instance?.state === 'running' : heard,
    turn_of: turnOf(deps, run),
    under_way: deps.delivery.underWay(live.row.id),
    start_timeout_ms: deps.options.provisioningTimeoutMs,
  };
}

function turnOf(deps: Deps, run: RunState): string {
  if (run.state !== 'requested') return '';
  const first = run.after.flatMap((id) => deps.runs.byId(id)?.run.workspace_name ?? []);
  return first.length === 0 ? '' : `${first.slice(0, 3).join(', ')}${first.length > 3 ? ` and ${first.length - 3} more` : ''} to go first`;
}

/** Null while it waits for others of its group: until then the workspace goes on as if nothing were. */
export function runOnCard(deps: Deps, { run, live }: HeldRun): RunOnCard | null {
  if (turnOf(deps, run) !== '') return null;
  const { id, kind, origin, state, requested_at, deadline_at, rev } = run;
  const began = origin === 'request' ? {} : { origin };
  return { id, kind, ...began, state, requested_at, deadline_at, left: leftOf(run, live), rev: rev * 1000 + (leftOf(run, live) % 1000) };
}

/** Tasks still at work, as last heard. */
export function leftOf(run: RunState, { facts }: LiveWorkspace): number {
  if (run.state !== 'signalled' && run.state !== 'draining') return 0;
  return facts.drain?.run_id === run.id ? facts.drain.in_flight.length : facts.active_tasks;
}

/** A run without what is only the platform's own affair. */
export function shownRun(deps: Deps, state: RunState): RestartRun {
  const {
    cancelled_by: _cancelled,
    forced_at,
    left_at_force: _left,
    deadline_moved: _moved,
    force_told: _told,
    stopping: _stopping,
    signalled_at: _signalled,
    drained_at: _drained,
    started_at: _started,
    after: _after,
    self_starting: _self,
    ...run
  } = state;
  const live = state.ended_at === null ? deps.fleet.find(state.workspace_id) : undefined;
  const draining = state.state === 'signalled' || state.state === 'draining';
  const drain = live?.facts.drain;
  const still = draining && drain?.run_id === state.id ? drain.in_flight : [];
  return { ...run, force: run.force || forced_at !== null, still_in_flight: still };
}

/** What a person may do to a run that is under way. */
export function choicesOf({ run, live }: HeldRun): RunChoices {
  return runChoices(run, leftOf(run, live), false);
}

/** What a resume delivers is what the pause before it held back. */
export async function queueOf(deps: Deps, state: RunState): Promise<RunQueue> {
  const own = await deps.delivery.ofRun(state.id);
  if (state.kind !== 'resume') return own;
  const before = await runBefore(deps.store.db, state);
  if (before === null) return own;
  const held = await deps.delivery.ofRun(before.id);
  return { waiting: own.waiting + held.waiting, delivered: own.delivered + held.delivered, failed: own.failed + held.failed };
}

export async function runDetail(deps: Deps, state: RunState): Promise<RestartRunDetail> {
  const live = deps.fleet.find(state.workspace_id);
  const newest = state.state === 'failed' ? await newestRun(deps.store.db, state.workspace_id) : null;
  const startable = live !== undefined && canStop(deps, live) && newest?.id === state.id && live.instance?.state !== 'running';
  return {
    ...shownRun(deps, state),
    steps: await stampsOf(deps.store.db, state.id),
    queue: await queueOf(deps, state),
    may: runChoices(state, live ? leftOf(state, live) : 0, startable),
  };
}
