import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RUN_STEPS, type RunStep } from '#lib/contract/restart-steps.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import { newestEvents } from '#lib/store/ledger.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { authenticate } from './authenticate.ts';
import { cleanUp } from './housekeeping.ts';
import { getRestart, workspaceRestarts } from './restart-reads.ts';
import { cancelRestart, forceRestart, pauseWorkspace, restartWorkspace, startAgain } from './restart-verbs.ts';
import { uploadSnapshot } from './snapshot-verbs.ts';
import { DrainingAgent } from './test-draining-agent.ts';
import { TestPlatform } from './test-platform.ts';
import { deleteWorkspace } from './workspace-verbs.ts';

const patient = { timeout: 15_000, interval: 5 };
const TASK = { id: 't1', summary: 'Index the docs', started_at: 5 };

let canvas: TestPlatform;
let agent: DrainingAgent;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new DrainingAgent().open();
  atlas = await canvas.workspace('Atlas');
  agent.workspaceId = atlas.id;
  await agent.register(canvas, atlas);
  await agent.beat(canvas, atlas);
});
afterEach(async () => {
  await agent.close();
  await canvas.close();
  canvas.removeFolder();
});

const restart = (more: Partial<Parameters<typeof restartWorkspace>[2]> = {}) =>
  restartWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, ...more });
const read = (run: string) => getRestart(canvas.deps, LOCAL_OPERATOR, { run });
const cancel = (run: string) => cancelRestart(canvas.deps, LOCAL_OPERATOR, { run });
const force = (run: string) => forceRestart(canvas.deps, LOCAL_OPERATOR, { run });
const steps = ({ steps: all }: RestartRunDetail) => all.map(({ step }) => step);
const detailOf = ({ steps: all }: RestartRunDetail, step: RunStep) => all.find((stamp) => stamp.step === step)?.detail;
const beat = (more: Record<string, unknown> = {}) => {
  canvas.now += 1;
  return agent.beat(canvas, atlas, more);
};
/** Until it has come to that step, or past it. */
const until = (run: string, state: RunStep): Promise<RestartRunDetail> =>
  vi.waitFor(async () => {
    const now = await read(run);
    expect(now.steps.map(({ step }) => step)).toContain(state);
    expect(RUN_STEPS.indexOf(now.state)).toBeGreaterThanOrEqual(RUN_STEPS.indexOf(state));
    return now;
  }, patient);
const waitsFor = (run: string, what: string) => vi.waitFor(async () => expect((await read(run)).waits_for).toBe(what), patient);
const upload = async () =>
  uploadSnapshot(canvas.deps, await authenticate(canvas.deps, atlas.token), { id: atlas.id, upload: agent.snapshot() });

/** Asked for, signalled, at work on one task. */
async function draining(more: Parameters<typeof restart>[0] = {}): Promise<string> {
  agent.tasks = [TASK];
  await beat();
  const { id } = await restart(more);
  await until(id, 'draining');
  return id;
}

/** Drained, its snapshot kept, waiting for whoever starts it again. */
async function saved(more: Parameters<typeof restart>[0] = {}): Promise<string> {
  const id = await draining(more);
  agent.tasks = [];
  await beat();
  await until(id, 'drained');
  await upload();
  await until(id, 'snapshot_saved');
  return id;
}

test('what Canvas did not start drains, is waited for, and is looked at when it is back', async () => {
  const id = await draining({ reason: 'new model', deadline_seconds: 900 });
  expect(canvas.status(atlas.id)).toBe('draining');
  expect(agent.draining).toEqual({ run_id: id, seconds: 900 });
  await beat();
  expect(await read(id)).toMatchObject({ in_flight: [TASK], still_in_flight: [TASK], deadline_at: expect.any(Number), provisioned: false });
  agent.tasks = [];
  await beat();
  await until(id, 'drained');
  const { id: snapshot } = await upload();
  await waitsFor(id, 'a new process: start it where it runs');
  await beat();
  expect((await read(id)).state).toBe('snapshot_saved');
  agent.reboot('boot-2');
  await beat();
  const done = await until(id, 'done');
  expect(steps(done)).toEqual(['requested', 'signalled', 'draining', 'drained', 'snapshot_saved', 'online', 'restored', 'done']);
  expect(done).toMatchObject({
    signal: { outcome: 'acknowledged' },
    snapshot_id: snapshot,
    boot_id_before: 'boot-1',
    boot_id_after: 'boot-2',
    restored: { confirmed: true, session_id: 'session-1', session_resumed: true, completed_messages: 1 },
    unfinished: [],
    may: {},
  });
  expect([canvas.status(atlas.id), canvas.deps.fleet.get(atlas.id).run]).toEqual(['online', null]);
  const events = await newestEvents(canvas.store.db, { workspaceId: atlas.id, limit: 50 });
  expect(events.reverse().flatMap((event) => (event.type === 'restart.step' ? event.data.step : []))).toEqual(steps(done));
});

test('a drain alone can be taken back: the runtime is told, and the gate is open', async () => {
  const id = await saved({ drain_only: true });
  const { may, kind } = await read(id);
  expect([kind, may.cancel?.label]).toEqual(['drain', 'Take messages again']);
  await cancel(id);
  await until(id, 'cancelled');
  expect([agent.draining, agent.signals()]).toEqual([null, ['restart_pending', 'restart_cancelled']]);
  await vi.waitFor(() => expect(canvas.status(atlas.id)).toBe('online'), patient);
  await expect(cancel(id)).rejects.toMatchObject({ code: 'conflict' });
});

test('a cancel in the middle says who, and what could not be told', async () => {
  const id = await draining();
  agent.answer = ({ url }) => (url.endsWith('cancelled') ? { status: 500, body: {} } : undefined);
  await cancel(id);
  expect(detailOf(await until(id, 'cancelled'), 'cancelled')).toEqual({
    by: 'this machine',
    why: 'It could not be told to take messages again: It answered 500',
  });
});

describe('the deadline', () => {
  test('gives one that heard of it a moment to end by itself, and lists what was cut off', async () => {
    const id = await draining({ deadline_seconds: 60 });
    await canvas.pass(61);
    await beat();
    await waitsFor(id, '1 task to end');
    expect((await read(id)).state).toBe('draining');
    await canvas.pass(15);
    const passed = await until(id, 'deadline_passed');
    expect([passed.unfinished, detailOf(passed, 'deadline_passed')]).toEqual([
      [TASK],
      { how: 'deadline', unfinished: [TASK], active_tasks: 1 },
    ]);
  });

  test('none: it waits for as long as it takes', async () => {
    const id = await draining({ deadline_seconds: null });
    expect(agent.draining?.seconds).toBeNull();
    for (let minute = 0; minute < 120; minute += 1) {
      canvas.now += 60_000;
      await beat();
      canvas.deps.runs.tick();
    }
    expect((await read(id)).state).toBe('draining');
  });

  test('force: the runtime is told to end now', async () => {
    const id = await draining({ deadline_seconds: null });
    await force(id);
    await vi.waitFor(() => expect(agent.draining?.seconds).toBe(0), patient);
    agent.tasks = [];
    await beat();
    const passed = await until(id, 'deadline_passed');
    expect(detailOf(passed, 'deadline_passed')).toMatchObject({ how: 'forced' });
    expect([passed.force, passed.may.force]).toEqual([true, undefined]);
    // Twice is once.
    await expect(force(id)).resolves.toEqual({ id });
  });

  test('silence: nobody waits for ever for what beats no more', async () => {
    const id = await draining({ deadline_seconds: null });
    await canvas.pass(95);
    const passed = await until(id, 'deadline_passed');
    expect(detailOf(passed, 'deadline_passed')).toMatchObject({ how: 'silent' });
  });
});

test('of a runtime that knows no signal only full beats after it count, and no snapshot is had', async () => {
  agent.answer = () => ({ status: 404, body: {} });
  const id = await draining();
  expect(detailOf(await read(id), 'signalled')).toMatchObject({ outcome: 'not_supported' });
  await canvas.beat(atlas, { uptime_seconds: 0, runtime_metadata: undefined, active_tasks: 0 });
  await waitsFor(id, '0 tasks to end');
  expect((await read(id)).state).toBe('draining');
  agent.tasks = [];
  await beat();
  const kept = await until(id, 'snapshot_saved');
  expect([detailOf(kept, 'drained'), detailOf(kept, 'snapshot_saved')]).toEqual([
    { how: 'no_tasks' },
    { saved: false, why: expect.stringContaining('it answered 404') },
  ]);
  agent.reboot(null);
  agent.boot = 'boot-2';
  await beat();
  expect((await until(id, 'done')).restored).toMatchObject({ confirmed: false, session_resumed: null });
});

test('a snapshot that does not come is fetched', async () => {
  const id = await draining();
  agent.tasks = [];
  await beat();
  await waitsFor(id, 'its snapshot');
  await canvas.pass(10);
  expect(detailOf(await until(id, 'snapshot_saved'), 'snapshot_saved')).toMatchObject({ saved: true, origin: 'fetched' });
});

describe('a second request', () => {
  test('joins; its force applies, and a drain becomes the restart', async () => {
    const id = await draining({ drain_only: true, reason: 'first' });
    expect(await restart({ deadline_seconds: 5, reason: 'second', force: true })).toEqual({ id, joined: true });
    expect(await read(id)).toMatchObject({ kind: 'restart', reason: 'first', deadline_seconds: 5, force: true });
    expect((await workspaceRestarts(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).items).toHaveLength(1);
  });

  test('at the very same time is the same run', async () => {
    const asked = await Promise.all(Array.from({ length: 5 }, () => restart()));
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(asked.map(({ joined }) => joined)).toEqual([false, true, true, true, true]);
    await until(asked[0]?.id ?? '', 'draining');
    expect(agent.signals()).toEqual(['restart_pending']);
  });
});

test.each<[string, () => Promise<unknown>, string]>([
  ['no such run', () => cancel('none'), 'not_found'],
  ['no such run to start again', () => startAgain(canvas.deps, LOCAL_OPERATOR, { run: 'none' }), 'not_found'],
  ['no such workspace', () => restart({ id: 'none' }), 'not_found'],
  ['no such snapshot', () => restart({ drain_only: true, restore_snapshot_id: 'none' }), 'not_found'],
  ['another snapshot for what Canvas cannot start', () => restart({ restore_snapshot_id: 'x' }), 'conflict'],
  ['a pause of what Canvas cannot stop', () => pauseWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id }), 'conflict'],
  ['a deadline of a year', () => restart({ deadline_seconds: 31_536_000 }), 'bad_request'],
])('refused: %s', async (_name, ask, code) => {
  await expect(ask()).rejects.toMatchObject({ code });
  expect(canvas.deps.fleet.get(atlas.id).run).toBeNull();
});

test('nobody but an operator may', async () => {
  const actor = await authenticate(canvas.deps, atlas.token);
  await expect(restartWorkspace(canvas.deps, actor, { id: atlas.id })).rejects.toMatchObject({ code: 'forbidden' });
});

describe('a workspace that is removed', () => {
  test('in the middle ends its run', async () => {
    const id = await draining({ deadline_seconds: null });
    await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
    const ended = await until(id, 'cancelled');
    expect(detailOf(ended, 'cancelled')).toEqual({ why: 'Its workspace was removed' });
    await expect(canvas.deps.runs.whenEnded(id)).resolves.toMatchObject({ state: 'cancelled' });
  });

  test('while the platform was away ends it too', async () => {
    const id = await draining();
    canvas.deps.runs.close();
    await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
    await canvas.abandon();
    await canvas.open();
    await until(id, 'cancelled');
  });
});

test('old runs are forgotten, but the newest', async () => {
  const ids: string[] = [];
  for (let at = 0; at < 3; at += 1) {
    const id = await saved({ drain_only: true });
    await cancel(id);
    await until(id, 'cancelled');
    ids.push(id);
  }
  canvas.now += 89 * 86_400_000;
  await cleanUp(canvas.deps);
  expect((await read(ids[0] ?? '')).state).toBe('cancelled');
  canvas.now += 2 * 86_400_000;
  await cleanUp(canvas.deps);
  expect((await workspaceRestarts(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).items.map(({ id }) => id)).toEqual([ids[2]]);
});
