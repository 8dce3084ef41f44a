import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createProcessProvisioner } from '#lib/adapters/process-provisioner.ts';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import { createToken } from '#lib/platform/access-verbs.ts';
import { LOCAL_OPERATOR } from '#lib/platform/actor.ts';
import { startWorkspace, stopWorkspace } from '#lib/platform/provision-verbs.ts';
import { getRestart, workspaceRestarts } from '#lib/platform/restart-reads.ts';
import { cancelRestart, pauseWorkspace, restartWorkspace, resumeWorkspace } from '#lib/platform/restart-verbs.ts';
import { DrainingAgent } from '#lib/platform/test-draining-agent.ts';
import { TestPlatform } from '#lib/platform/test-platform.ts';
import { createWorkspace, getWorkspace, patchWorkspace } from '#lib/platform/workspace-verbs.ts';
import type { Provisioner } from '#lib/ports/provisioner.ts';

/**
 * Runs of workspaces whose processes really start and end, and which beat and answer signals only as the test says:
 * what two do to a run at the same moment.
 */
const STAND_IN = join(import.meta.dirname, 'adapters', 'test-runtime.js');
const patient = { timeout: 30_000, interval: 5 };

let canvas: TestPlatform;
let provisioner: Provisioner;
let agent: DrainingAgent;

beforeEach(async () => {
  canvas = new TestPlatform(() => {
    const command = [process.execPath, STAND_IN];
    const backoff = { baseMs: 50, maxMs: 50 };
    const options = { dataDir: canvas.folder, command, environment: process.env, log: () => undefined, stopDeadlineMs: 1000 };
    provisioner = createProcessProvisioner({ ...options, backoff, pollMs: 50 });
    return provisioner;
  });
  await canvas.open();
  agent = await new DrainingAgent().open();
});
afterEach(async () => {
  await agent.close();
  await canvas.platform.endWorkspaces('stop');
  await canvas.close();
  canvas.removeFolder();
});

const read = (run: string) => getRestart(canvas.deps, LOCAL_OPERATOR, { run });
const until = (run: string, state: RunStep) =>
  vi.waitFor(async () => {
    const now = await read(run);
    expect(now.state).toBe(state);
    return now;
  }, patient);
const pidOf = async (id: string) => (await provisioner.inspect(id))?.pid ?? null;
const runs = (id: string) => vi.waitFor(() => expect(canvas.status(id)).not.toBe('provisioning'), patient);

/** Started, and beating with this boot. */
async function provisioned(name: string, parent_id: string | null = null): Promise<{ id: string; token: string }> {
  const { id } = await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name, parent_id, provisioner: 'process', config: {} });
  await vi.waitFor(async () => expect((await provisioner.inspect(id))?.url).toBeTruthy(), patient);
  const { auth_token: token } = await createToken(canvas.deps, LOCAL_OPERATOR, { id });
  await agent.register(canvas, { id, token });
  canvas.now += 1000;
  await agent.beat(canvas, { id, token });
  await runs(id);
  return { id, token };
}

/** Nothing is written until the answer is called; what is asked for meanwhile comes in its order. */
function holdWrites(): Promise<() => void> {
  return new Promise((held) => {
    void canvas.deps.oneAtATime(() => new Promise<void>((release) => held(release)));
  });
}

/** Forced, for there is no work to wait for; time passes until it is so. */
async function paused(id: string): Promise<void> {
  await pauseWorkspace(canvas.deps, LOCAL_OPERATOR, { id, force: true });
  const family = canvas.deps.fleet.subtree(id);
  await vi.waitFor(async () => {
    await canvas.pass(5);
    expect(family.map(({ facts }) => facts.status)).toEqual(family.map(() => 'paused'));
    expect(family.map(({ run }) => run)).toEqual(family.map(() => null));
  }, patient);
}

/** Drained on its own, its snapshot kept, waiting for a restart or a cancel. */
async function drained(to: { id: string; token: string }): Promise<string> {
  agent.workspaceId = to.id;
  const { id } = await restartWorkspace(canvas.deps, LOCAL_OPERATOR, { id: to.id, drain_only: true });
  await until(id, 'draining');
  canvas.now += 1000;
  await agent.beat(canvas, to);
  await until(id, 'drained');
  await canvas.pass(11);
  await until(id, 'snapshot_saved');
  return id;
}

test('a cancel that was taken a moment before the stop is kept: the process lives', async () => {
  const atlas = await provisioned('Atlas');
  const pid = await pidOf(atlas.id);
  const id = await drained(atlas);
  const release = await holdWrites();
  const asked = [restartWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id }), cancelRestart(canvas.deps, LOCAL_OPERATOR, { run: id })];
  release();
  await Promise.all(asked);
  await until(id, 'cancelled');
  expect(await pidOf(atlas.id)).toBe(pid);
  await vi.waitFor(() => expect(canvas.status(atlas.id)).toBe('online'), patient);
});

test('a resume that is cancelled before its turn starts nothing, also not when the platform comes back', async () => {
  const parent = await provisioned('Parent');
  const child = await provisioned('Child', parent.id);
  await paused(parent.id);
  await resumeWorkspace(canvas.deps, LOCAL_OPERATOR, { id: parent.id });
  const run = canvas.deps.runs.of(child.id)?.run.id ?? '';
  await vi.waitFor(async () => expect((await read(run)).waits_for).toBe('Parent to go first'), patient);
  await cancelRestart(canvas.deps, LOCAL_OPERATOR, { run });
  await until(run, 'cancelled');
  await canvas.platform.endWorkspaces('leave');
  await canvas.close();
  await canvas.open();
  expect([canvas.status(child.id), await pidOf(child.id)]).toEqual(['paused', null]);
  expect((await workspaceRestarts(canvas.deps, LOCAL_OPERATOR, { id: child.id })).items[0]?.id).toBe(run);
});

test('the run of a crash whose next process never beats fails in the end, and holds nothing back for ever', async () => {
  const atlas = await provisioned('Atlas');
  process.kill((await pidOf(atlas.id)) ?? 0, 'SIGKILL');
  const run = await vi.waitFor(() => {
    const held = canvas.deps.runs.of(atlas.id)?.run;
    expect(held).toMatchObject({ origin: 'crash', state: 'started' });
    return held?.id ?? '';
  }, patient);
  await canvas.pass(601);
  await vi.waitFor(async () => expect((await read(run)).attempts).toBe(2), patient);
  await canvas.pass(601);
  const failed = await until(run, 'failed');
  expect(failed).toMatchObject({ failure: { why: 'No first beat within 600 s', output: expect.stringContaining('hello from Atlas') } });
  expect(canvas.status(atlas.id)).toBe('failed');
});

test('settings that cannot take effect by a restart change nothing', async () => {
  const config = { behaviour: 'well', more: 1 };
  const change = (id: string) => patchWorkspace(canvas.deps, LOCAL_OPERATOR, { id, config, restart: true });
  const foreign = await canvas.workspace('Foreign');
  await expect(change(foreign.id)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('cannot restart it') });
  expect((await getWorkspace(canvas.deps, LOCAL_OPERATOR, { id: foreign.id })).config).toEqual({});
  const atlas = await provisioned('Atlas');
  await paused(atlas.id);
  await change(atlas.id);
  expect([canvas.status(atlas.id), canvas.deps.runs.of(atlas.id)]).toEqual(['paused', undefined]);
  await resumeWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  const run = canvas.deps.runs.of(atlas.id)?.run.id ?? '';
  await until(run, 'started');
  const again = patchWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, config: {}, restart: true });
  await expect(again).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('former settings') });
});

test('what is silent and runs is not resumed beside itself, but restarted', async () => {
  const atlas = await provisioned('Atlas');
  await canvas.pass(200);
  expect(canvas.status(atlas.id)).toBe('offline');
  const resumed = resumeWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  await expect(resumed).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Restart it instead') });
  const { id } = await restartWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  await until(id, 'draining');
});

/** Its process is killed; the next one, which the provisioner starts by itself, never beats. Answers the run of the crash. */
async function crashed(to: { id: string }): Promise<string> {
  const pid = await pidOf(to.id);
  process.kill(pid ?? 0, 'SIGKILL');
  return vi.waitFor(async () => {
    const run = canvas.deps.runs.of(to.id)?.run;
    expect(run?.origin).toBe('crash');
    return run?.id ?? '';
  }, patient);
}

const stoppedFor = async (id: string) =>
  vi.waitFor(async () => {
    expect([(await provisioner.inspect(id))?.state, canvas.status(id), canvas.deps.fleet.get(id).run]).toEqual(['stopped', 'paused', null]);
  }, patient);

test('a crash loop can be paused: nothing starts it again', async () => {
  const atlas = await provisioned('Atlas');
  const crash = await crashed(atlas);
  const { id } = await pauseWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, reason: 'it loops' });
  expect(id).toBe(crash);
  expect(await until(id, 'done')).toMatchObject({ kind: 'pause', origin: 'request', reason: 'it loops', actor: { name: 'this machine' } });
  await stoppedFor(atlas.id);
  expect(canvas.deps.fleet.get(atlas.id).row.desired).toBe('stopped');
});

test('a restart takes a crash over: its process is ended, and the next one is started by the run', async () => {
  const atlas = await provisioned('Atlas');
  await crashed(atlas);
  await vi.waitFor(async () => expect((await provisioner.inspect(atlas.id))?.state).toBe('running'), patient);
  const second = await pidOf(atlas.id);
  const { id } = await restartWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, reason: 'now' });
  const started = await until(id, 'started');
  expect(started).toMatchObject({ kind: 'restart', origin: 'request', reason: 'now', attempts: 1 });
  expect(await pidOf(atlas.id)).not.toBe(second);
});

test('a start that hangs can be stopped instead, by its run and by a pause', async () => {
  const atlas = await provisioned('Atlas');
  for (const stop of [
    (run: string) => cancelRestart(canvas.deps, LOCAL_OPERATOR, { run }),
    () => pauseWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id }),
  ]) {
    if (canvas.status(atlas.id) !== 'paused') await paused(atlas.id);
    const { id } = await resumeWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
    expect((await until(id, 'started')).may.cancel?.label).toBe('Stop it instead');
    await stop(id);
    expect((await until(id, 'done')).kind).toBe('pause');
    await stoppedFor(atlas.id);
  }
});

test('what is being paused and is wanted again is restarted', async () => {
  const atlas = await provisioned('Atlas');
  agent.workspaceId = atlas.id;
  const { id } = await pauseWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  await until(id, 'draining');
  expect(canvas.deps.fleet.get(atlas.id).row.desired).toBe('stopped');
  expect(await resumeWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).toMatchObject({ id });
  expect(await read(id)).toMatchObject({ kind: 'restart', state: 'draining' });
  expect(canvas.deps.fleet.get(atlas.id).row.desired).toBe('running');
});

test('started, stopped and started in one breath runs; and once more stopped, it does not', async () => {
  const atlas = await provisioned('Atlas');
  await paused(atlas.id);
  const start = () => startWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  const stop = () => stopWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  const release = await holdWrites();
  const asked = [start(), stop(), start()];
  release();
  await Promise.all(asked);
  expect(canvas.deps.fleet.get(atlas.id).row.desired).toBe('running');
  await vi.waitFor(async () => expect((await provisioner.inspect(atlas.id))?.state).toBe('running'), patient);
  await stop();
  await stoppedFor(atlas.id);
  expect(canvas.deps.fleet.get(atlas.id).row.desired).toBe('stopped');
});
