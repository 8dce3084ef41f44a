import { describe, expect, test } from 'vitest';
import { T } from './beats.fixture.ts';
import { ADA, acknowledged, aRun, aSeen, draining, unheard } from './restart-run.fixture.ts';
import { type Move, nextMove, type RunState, type Seen } from './restart-run.ts';

type Some = Parameters<typeof aSeen>[0];
const block = (state: 'draining' | 'drained', run_id = 'run-1', tasks = 1) => ({
  run_id,
  state,
  in_flight: Array.from({ length: tasks }, (_, at) => ({ id: `t${at}` })),
});
const stamp = (step: string, detail: unknown = expect.anything()) => ({ do: 'stamp', step, detail });
const waits = (what: unknown = expect.any(String), until: unknown = expect.anything()) => ({ do: 'wait', for: what, until });
const saved = (some: Partial<RunState> = {}) => draining({ state: 'snapshot_saved', drained_at: T, ...some });
const started = (some: Partial<RunState> = {}) => saved({ state: 'started', started_at: T + 5000, attempts: 1, ...some });
const newBoot = { boot_id: 'b2', booted_at: T + 9000, last_beat_at: T + 9000, last_full_beat_at: T + 9000 };

type Case = [string, RunState, Some, number, unknown];

function table(cases: Case[]): void {
  test.each(cases)('%s', (_name, run, seen, now, move) => expect(nextMove(run, aSeen(seen), now)).toEqual(move));
}

describe('requested', () => {
  table([
    ['its turn: the signal', aRun(), {}, T, { do: 'signal' }],
    ['others of its group go first', aRun(), { turn_of: 'Bee to go first' }, T, waits('Bee to go first', null)],
    ['cancelled before its turn', aRun({ cancelled_by: ADA }), { turn_of: 'Bee to go first' }, T, { do: 'cancel' }],
    ['a resume starts', aRun({ kind: 'resume' }), { running: false }, T, { do: 'start' }],
    ['nothing runs, so nothing is drained', aRun(), { running: false }, T, stamp('drained', { how: 'not_running' })],
    ['it beats where nobody listens', aRun({ origin: 'address' }), {}, T, stamp('deadline_passed', { how: 'not_heard' })],
    ['forced: it is told all the same', aRun({ forced_at: T }), {}, T, { do: 'signal' }],
  ]);
});

describe('draining', () => {
  const beat = (at: number, active_tasks: number) => ({ last_beat_at: at, last_full_beat_at: at, active_tasks });
  const told = (state: 'draining' | 'drained', id?: string, tasks?: number) => ({ ...beat(T + 1000, 2), drain: block(state, id, tasks) });
  table([
    ['also without the second stamp', draining({ state: 'signalled' }), { facts: told('drained') }, T, stamp('drained', { how: 'said' })],
    ['it says so', draining(), { facts: told('drained') }, T + 1, stamp('drained', { how: 'said' })],
    [
      'it says so after the deadline: what was left was cut off',
      draining(),
      { facts: told('drained') },
      T + 1e9,
      stamp('deadline_passed', { how: 'deadline' }),
    ],
    [
      'it says so after a force of work',
      draining({ forced_at: T, left_at_force: 2 }),
      { facts: told('drained') },
      T + 1,
      stamp('deadline_passed', { how: 'forced' }),
    ],
    [
      'it says so after a force of nothing',
      draining({ forced_at: T, left_at_force: 0 }),
      { facts: told('drained') },
      T + 1,
      stamp('drained', { how: 'said' }),
    ],
    [
      'its deadline was moved nearer',
      draining({ deadline_moved: true, deadline_at: T + 5 }),
      { facts: told('draining') },
      T + 5,
      { do: 'tell_force' },
    ],
    ['it says so of another run', draining(), { facts: told('drained', 'run-0') }, T + 1, waits('1 task to end', T + 75_000)],
    ['it is at work', draining(), { facts: told('draining', 'run-1', 3) }, T + 1, waits('3 tasks to end', T + 75_000)],
    ['at work, whatever it counts', draining(), { facts: { ...told('draining'), active_tasks: 0 } }, T + 1, waits('1 task to end')],
    ['no task in a full beat after the signal', draining(), { facts: beat(T + 1, 0) }, T + 1, stamp('drained', { how: 'no_tasks' })],
    ['no task in a full beat before it', draining(), { facts: beat(T, 0) }, T + 1, waits('0 tasks to end')],
    ['no task in a partial beat', draining(), { facts: { ...beat(T, 0), last_beat_at: T + 5 } }, T + 9, waits('0 tasks to end')],
    ['a message is on its way', draining({ signal: unheard }), { facts: beat(T + 1, 0), under_way: 1 }, T + 9, waits('0 tasks to end')],
    ['its process ended', draining(), { facts: { ended_at: T + 1 }, running: false }, T + 1, stamp('drained', { how: 'process_ended' })],
    ['its process had ended', draining(), { facts: { ended_at: T - 1 }, running: false }, T, stamp('drained', { how: 'process_ended' })],
    ['a new process of ours', draining(), { facts: newBoot }, T + 9000, stamp('drained', { how: 'process_ended' })],
    ["a new process of another's", draining(), { facts: newBoot, can_stop: false }, T + 9000, stamp('drained', { how: 'new_process' })],
    ['cancelled', draining({ cancelled_by: ADA }), { facts: told('drained') }, T + 1, { do: 'cancel' }],
    ['no deadline', draining({ deadline_at: null }), { facts: beat(T, 1) }, T + 1e9, waits('1 task to end', null)],
    ['a moment before its deadline', draining({ signal: unheard }), { facts: beat(T, 1) }, T + 59_999, waits('1 task to end', T + 60_000)],
    [
      'deadline',
      draining({ signal: unheard }),
      { facts: beat(T, 1) },
      T + 60_000,
      stamp('deadline_passed', expect.objectContaining({ how: 'deadline', active_tasks: 1 })),
    ],
    ['one that heard has a moment more', draining(), { facts: beat(T, 1) }, T + 74_999, waits('1 task to end', T + 75_000)],
    [
      'and no more',
      draining(),
      { facts: told('draining') },
      T + 75_000,
      stamp('deadline_passed', { how: 'deadline', unfinished: [{ id: 't0' }], active_tasks: 2 }),
    ],
    ['forced: it is told', draining({ forced_at: T + 5 }), { facts: beat(T, 1) }, T + 5, { do: 'tell_force' }],
    ['forced and told', draining({ forced_at: T + 5, force_told: true }), { facts: beat(T, 1) }, T + 6, waits('1 task to end', T + 15_005)],
    [
      'forced, the moment over',
      draining({ forced_at: T, force_told: true }),
      { facts: beat(T, 1) },
      T + 15_000,
      stamp('deadline_passed', expect.objectContaining({ how: 'forced' })),
    ],
    [
      'forced, and it cannot be told',
      draining({ forced_at: T + 5, signal: unheard }),
      { facts: beat(T, 1) },
      T + 5,
      stamp('deadline_passed', expect.objectContaining({ how: 'forced' })),
    ],
    [
      'silent, not ours',
      draining({ deadline_at: null }),
      { facts: beat(T + 1, 1), can_stop: false },
      T + 90_001,
      stamp('deadline_passed', expect.objectContaining({ how: 'silent' })),
    ],
    [
      'silent since before the signal',
      draining({ deadline_at: null }),
      { facts: beat(T - 80_000, 1), can_stop: false },
      T + 20_000,
      waits('1 task to end', T + 90_000),
    ],
    ['silent, and its process runs', draining({ deadline_at: null }), { facts: beat(T + 1, 1) }, T + 1e9, waits('1 task to end', null)],
  ]);
});

describe('drained, or not waited for', () => {
  const over = (some: Partial<RunState> = {}) => draining({ state: 'drained', drained_at: T, ...some });
  table([
    ['the snapshot that it sends is waited for', over(), {}, T, waits('its snapshot', T + 10_000)],
    ['not for ever', over(), {}, T + 10_000, { do: 'save' }],
    ['it came', over({ snapshot_id: 's' }), {}, T, { do: 'save' }],
    ['nobody sends one: it never heard of the drain', over({ signal: unheard }), {}, T, { do: 'save' }],
    ['nobody sends one: nothing runs', over({ signal: null }), { running: false }, T, { do: 'save' }],
    ['after the deadline the same', over({ state: 'deadline_passed' }), {}, T, waits('its snapshot', T + 10_000)],
    ['cancelled', over({ state: 'deadline_passed', cancelled_by: ADA }), {}, T, { do: 'cancel' }],
  ]);
});

describe('saved', () => {
  table([
    ['the stop', saved(), {}, T, { do: 'stop' }],
    ['the stop of a pause', saved({ kind: 'pause' }), {}, T, { do: 'stop' }],
    ['cancelled before the stop', saved({ cancelled_by: ADA }), {}, T, { do: 'cancel' }],
    ['cancelled after it began', saved({ cancelled_by: ADA, stopping: true }), {}, T, { do: 'stop' }],
    ['a drain alone waits', saved({ kind: 'drain' }), {}, T, waits('a restart, or a cancel', null)],
    ['a drain that became a restart', saved({ kind: 'restart' }), {}, T, { do: 'stop' }],
    ['what Canvas does not run waits', saved(), { can_stop: false }, T, waits('a new process: start it where it runs', null)],
    ['until its new process beats', saved(), { can_stop: false, facts: newBoot }, T, stamp('online', { boot_id: 'b2' })],
    [
      'also one without boot ids',
      saved({ boot_id_before: null }),
      { can_stop: false, facts: { ...newBoot, boot_id: null } },
      T,
      stamp('online', { boot_id: null }),
    ],
    ['not for a beat of the old one', saved(), { can_stop: false, facts: { booted_at: T + 1 } }, T, waits(expect.any(String), null)],
    [
      'nor for a boot before the signal',
      saved(),
      { can_stop: false, facts: { ...newBoot, booted_at: T - 1 } },
      T,
      waits(expect.any(String), null),
    ],
  ]);
});

describe('stopped and started', () => {
  const crashed = (some: Partial<RunState> = {}) => started({ state: 'stopped', origin: 'crash', self_starting: true, ...some });
  table([
    ['a pause ends here', saved({ state: 'stopped', kind: 'pause' }), { running: false }, T, { do: 'finish' }],
    ['a restart starts', saved({ state: 'stopped' }), { running: false }, T, { do: 'start' }],
    ['its first beat is waited for', started(), {}, T + 6000, waits('its first beat', T + 605_000)],
    ['it came', started(), { facts: newBoot }, T + 9000, stamp('online', { boot_id: 'b2' })],
    ['one of the old process is none', started(), { facts: { booted_at: T + 9000 } }, T + 9000, waits()],
    [
      'it ended before it',
      started(),
      { facts: { ended_at: T + 6000 }, running: false },
      T + 6000,
      { do: 'start_failed', why: 'Its process ended before its first beat' },
    ],
    ['the end of the old process is none', started(), { facts: { ended_at: T + 4000 } }, T + 6000, waits()],
    ['it takes too long', started(), {}, T + 605_000, { do: 'start_failed', why: 'No first beat within 600 s' }],
    [
      'after a crash its provisioner starts it',
      crashed(),
      { facts: { ended_at: T + 5000 }, running: false },
      T + 6000,
      waits('its first beat', T + 605_000),
    ],
    ['and it beats', crashed(), { facts: newBoot }, T + 9000, stamp('online', { boot_id: 'b2' })],
    [
      'it ends again, and is started again',
      crashed({ state: 'started' }),
      { facts: { ended_at: T + 6000 }, running: false },
      T + 7000,
      waits(),
    ],
    ['it never beats', crashed({ state: 'started' }), {}, T + 605_000, { do: 'start_failed', why: 'No first beat within 600 s' }],
    ['what came back is looked at', started({ state: 'online' }), {}, T, { do: 'restore' }],
    [
      'it is gone again',
      started({ state: 'online' }),
      { running: false },
      T,
      { do: 'start_failed', why: 'Its process ended right after its first beat' },
    ],
    [
      'its end was not seen',
      started(),
      { running: false, facts: { ended_at: null } },
      T,
      { do: 'start_failed', why: 'Its process ended before its first beat' },
    ],
    ['and then the gate opens', started({ state: 'restored' }), {}, T, { do: 'finish' }],
    ['not before a stop that had begun is seen through', started({ state: 'restored', stopping: true }), {}, T, { do: 'stop' }],
    [
      'a stop that had begun ended it, though it is wanted again',
      started({ stopping: true }),
      { running: false },
      T + 6000,
      { do: 'stop' },
    ],
    ['the same after its first beat', started({ state: 'online', stopping: true }), { running: false }, T + 6000, { do: 'stop' }],
    ['a cancel comes too late', started({ cancelled_by: ADA }), {}, T + 6000, waits()],
  ]);
});

test.each(['done', 'cancelled', 'failed'] as const)('%s is the end', (state) => {
  const anything: Seen = aSeen({ facts: newBoot });
  expect(nextMove(aRun({ state, ended_at: T, signal: acknowledged }), anything, T + 1e9)).toEqual<Move>({
    do: 'wait',
    for: 'nothing',
    until: null,
  });
});
