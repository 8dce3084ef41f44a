import type { EventActor } from '#lib/contract/events.ts';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import type { RestartRun } from '#lib/contract/restarts.ts';
import { drainOver } from './drain-over.ts';
import { lapseAfterMs } from './liveness.ts';
import type { WorkspaceFacts } from './workspace-facts.ts';

/**
 * A restart run, decided from values alone: `nextMove` looks at how far the run is and at what is known of the workspace,
 * and says the one thing to do now. Doing it and stamping the step is the platform's; every step may be done twice.
 *
 *   requested        the gate is closed, nothing was asked of the workspace     ends: its turn comes · cancel
 *   signalled        the signal's outcome is known                              ends: at once
 *   draining         it finishes what it has                                    ends: it says so, or shows no task in a full
 *                                                                               beat · its process ends · deadline · cancel
 *   drained          nothing is at work                                         ends: a snapshot is kept, or cannot be had
 *   deadline_passed  what was at work is cut off                                ends: the same
 *   snapshot_saved   all that can be kept is kept                               ends: stopped · a new process (what Canvas
 *                                                                               does not run, and a drain alone) · cancel
 *   stopped          no process                                                 ends: started · for a pause: done
 *   started          a process, and no beat of it yet                           ends: its first beat · two failures: failed
 *   online           the new process beats                                      ends: what it restored was looked at
 *   restored         what came back is known                                    ends: at once, done: the gate opens
 *   done, cancelled, failed   over; the gate is open (failed: as soon as it is online)
 *
 * From the moment the stop begins there is no way back but forward; but what is being started can be stopped instead, by
 * a pause: the run then goes through `stopped` once more and ends there.
 */
export interface RunState extends RestartRun {
  /** Who cancelled it; the run ends as soon as it looks. */
  cancelled_by: EventActor | null;
  forced_at: number | null;
  /** Tasks at work when it was forced; null: it was not, or from the beginning. */
  left_at_force: number | null;
  /** Its deadline was moved nearer after the runtime had been told of it. */
  deadline_moved: boolean;
  /** Whether the runtime was told of the force. */
  force_told: boolean;
  /** The stop has begun, and its end was not stamped yet; set before it. A platform that dies meanwhile leaves it to be finished. */
  stopping: boolean;
  signalled_at: number | null;
  /** When the drain was over, one way or the other. */
  drained_at: number | null;
  /** When the newest start began. */
  started_at: number | null;
  /** Runs of the same group that go first. */
  after: string[];
  /** The provisioner starts it by itself, after a crash. */
  self_starting: boolean;
}

/** What is known of the workspace, beside its facts. */
export interface Seen {
  facts: WorkspaceFacts;
  /** A process is known to run: by the provisioner, or by its beats. */
  running: boolean;
  /** Canvas can stop and start it. */
  can_stop: boolean;
  /** Who of its group is not far enough yet, for people; empty: nobody. */
  turn_of: string;
  /** Messages that are with the agent now. */
  under_way: number;
  start_timeout_ms: number;
}

export type Move =
  | { do: 'wait'; for: string; until: number | null }
  | { do: 'signal' | 'tell_force' | 'save' | 'stop' | 'start' | 'restore' | 'finish' | 'cancel' }
  | { do: 'stamp'; step: RunStep; detail: Record<string, unknown> }
  | { do: 'start_failed'; why: string };

/** After the deadline an acknowledging runtime cancels its tasks itself, gives them a moment and says what was left. */
export const DEADLINE_GRACE_MS = 15_000;

/** How long a runtime that took the signal may need to send its snapshot; then it is asked for one. */
export const SNAPSHOT_WAIT_MS = 10_000;

const wait = (what: string, until: number | null = null): Move => ({ do: 'wait', for: what, until });

export function nextMove(run: RunState, seen: Seen, now: number): Move {
  switch (run.state) {
    case 'requested':
      return atRequest(run, seen);
    case 'signalled':
    case 'draining':
      return whileDraining(run, seen, now);
    case 'drained':
    case 'deadline_passed':
      return onceDrained(run, seen, now);
    case 'snapshot_saved':
      return whenSaved(run, seen);
    case 'stopped':
      // A start that was begun, or a process that is there, is stopped first.
      if (run.kind === 'pause') return run.attempts > 0 || seen.running ? { do: 'stop' } : { do: 'finish' };
      return run.self_starting ? whenStarted(run, seen, now) : { do: 'start' };
    case 'started':
      return mustStop(run) ? { do: 'stop' } : whenStarted(run, seen, now);
    case 'online':
      if (mustStop(run)) return { do: 'stop' };
      return endedUnasked(run, seen) ? { do: 'start_failed', why: 'Its process ended right after its first beat' } : { do: 'restore' };
    case 'restored':
      return { do: mustStop(run) ? 'stop' : 'finish' };
    case 'done':
    case 'cancelled':
    case 'failed':
      return wait('nothing');
  }
}

function atRequest(run: RunState, seen: Seen): Move {
  if (run.cancelled_by) return { do: 'cancel' };
  if (seen.turn_of !== '') return wait(seen.turn_of);
  if (run.kind === 'resume') return { do: 'start' };
  if (!seen.running) return { do: 'stamp', step: 'drained', detail: { how: 'not_running' } };
  // It beats at an address where nobody listens any more: it would never be heard to be drained.
  if (run.origin === 'address') return { do: 'stamp', step: 'deadline_passed', detail: { how: 'not_heard' } };
  return { do: 'signal' };
}

function whileDraining(run: RunState, seen: Seen, now: number): Move {
  if (run.cancelled_by) return { do: 'cancel' };
  const how = drainOver(run, seen);
  if (how === 'said' && wasCutOff(run, now))
    return { do: 'stamp', step: 'deadline_passed', detail: { how: run.forced_at === null ? 'deadline' : 'forced' } };
  if (how !== null) return { do: 'stamp', step: 'drained', detail: { how } };
  const acknowledged = run.signal?.outcome === 'acknowledged';
  const deadline = run.forced_at ?? run.deadline_at;
  const told = run.force_told || (run.forced_at === null && !run.deadline_moved);
  if (acknowledged && !told && deadline !== null && now >= deadline) return { do: 'tell_force' };
  const end = deadline === null ? null : deadline + (acknowledged ? DEADLINE_GRACE_MS : 0);
  const left = { unfinished: seen.facts.drain?.in_flight ?? [], active_tasks: seen.facts.active_tasks };
  if (end !== null && now >= end)
    return { do: 'stamp', step: 'deadline_passed', detail: { how: run.forced_at === null ? 'deadline' : 'forced', ...left } };
  const silentAt = Math.max(seen.facts.last_beat_at ?? 0, run.signalled_at ?? 0) + lapseAfterMs(seen.facts.interval_seconds);
  if (!seen.can_stop && now >= silentAt) return { do: 'stamp', step: 'deadline_passed', detail: { how: 'silent', ...left } };
  const tasks = seen.facts.drain?.in_flight.length ?? seen.facts.active_tasks;
  return wait(`${tasks === 1 ? '1 task' : `${tasks} tasks`} to end`, earliest(told ? end : deadline, seen.can_stop ? null : silentAt));
}

/** A drain that is over only after its deadline, or a force, was ended by it: what was at work then is in the snapshot. */
function wasCutOff(run: RunState, now: number): boolean {
  if (run.forced_at !== null) return (run.left_at_force ?? run.in_flight.length) > 0;
  return run.deadline_at !== null && now >= run.deadline_at;
}

function onceDrained(run: RunState, seen: Seen, now: number): Move {
  if (run.cancelled_by) return { do: 'cancel' };
  const end = (run.drained_at ?? 0) + SNAPSHOT_WAIT_MS;
  const comes = run.signal?.outcome === 'acknowledged' && seen.running && run.snapshot_id === null;
  return comes && now < end ? wait('its snapshot', end) : { do: 'save' };
}

function whenSaved(run: RunState, seen: Seen): Move {
  if (run.cancelled_by && !run.stopping) return { do: 'cancel' };
  if (seen.can_stop && run.kind !== 'drain') return { do: 'stop' };
  if (isNewProcess(run, seen.facts, run.signalled_at ?? run.requested_at))
    return { do: 'stamp', step: 'online', detail: { boot_id: seen.facts.boot_id } };
  return wait(seen.can_stop ? 'a restart, or a cancel' : 'a new process: start it where it runs');
}

function whenStarted(run: RunState, seen: Seen, now: number): Move {
  const since = run.started_at ?? run.requested_at;
  if (isNewProcess(run, seen.facts, since)) return { do: 'stamp', step: 'online', detail: { boot_id: seen.facts.boot_id } };
  // What its provisioner starts by itself it tries again by itself.
  if (endedUnasked(run, seen)) return { do: 'start_failed', why: 'Its process ended before its first beat' };
  const end = since + seen.start_timeout_ms;
  if (now >= end) return { do: 'start_failed', why: `No first beat within ${Math.round(seen.start_timeout_ms / 1000)} s` };
  return wait('its first beat', end);
}

/** The process that this run started is no more, whether its end was seen or a platform died meanwhile. */
function endedUnasked(run: RunState, seen: Seen): boolean {
  return !run.self_starting && seen.can_stop && !seen.running;
}

/** What was started is stopped again: it is wanted stopped, or a stop was begun that is not wanted any more but has ended the process. */
function mustStop({ kind, stopping }: RunState): boolean {
  return kind === 'pause' || stopping;
}

/** The run of a crash, before the first beat of what its provisioner starts by itself. */
export function waitsForProvisioner(run: Pick<RunState, 'self_starting' | 'state'>): boolean {
  return run.self_starting && (run.state === 'stopped' || run.state === 'started');
}

/** A beat of another process than the one that was drained came after `since`. */
export function isNewProcess(run: Pick<RunState, 'boot_id_before'>, facts: WorkspaceFacts, since: number): boolean {
  if (facts.booted_at === null || facts.booted_at < since) return false;
  return facts.boot_id === null || facts.boot_id !== run.boot_id_before;
}

function earliest(...times: (number | null)[]): number | null {
  const set = times.filter((time) => time !== null);
  return set.length === 0 ? null : Math.min(...set);
}
