import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RunStep } from '#lib/contract/restart-steps.ts';
import { acknowledged, aRun } from '#lib/domain/restart-run.fixture.ts';
import type { RunState } from '#lib/domain/restart-run.ts';
import { openStore } from '#lib/store/open-store.ts';
import { insertRun, insertStamp } from '#lib/store/restart-runs.ts';
import { saveFacts } from '#lib/store/workspace-facts.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { getRestart } from './restart-reads.ts';
import { cancelRestart, restartWorkspace } from './restart-verbs.ts';
import { DrainingAgent } from './test-draining-agent.ts';
import { TestPlatform } from './test-platform.ts';

const patient = { timeout: 15_000, interval: 5 };

let canvas: TestPlatform;
let agent: DrainingAgent;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new DrainingAgent().open();
  atlas = await canvas.workspace('Atlas');
  agent.workspaceId = atlas.id;
  agent.tasks = [{ id: 't1' }];
  await agent.register(canvas, atlas);
  await agent.beat(canvas, atlas);
});
afterEach(async () => {
  await agent.close();
  await canvas.close();
  canvas.removeFolder();
});

const read = (run: string) => getRestart(canvas.deps, LOCAL_OPERATOR, { run });
const until = (run: string, state: RunStep) => vi.waitFor(async () => expect((await read(run)).state).toBe(state), patient);
const asked = (path: string) => vi.waitFor(() => expect(agent.asked.some(({ url }) => url.endsWith(path))).toBe(true), patient);
const beat = async () => {
  canvas.now += 1;
  await agent.beat(canvas, atlas);
};
const begin = async () => (await restartWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, deadline_seconds: null })).id;

/** Killed, and another one in its place. */
async function another(): Promise<void> {
  await canvas.abandon();
  agent.answer = () => undefined;
  await canvas.open();
}

const WHOLE: RunStep[] = ['requested', 'signalled', 'draining', 'drained', 'snapshot_saved', 'online', 'restored', 'done'];

/** Leads a run to its end, with another platform in the place of the one that was killed at `killedAt`. */
async function killedAt(step: 'signal' | 'draining' | 'drained' | 'save' | 'snapshot_saved' | 'restore'): Promise<string> {
  const at = (here: typeof step) => (here === step ? another() : undefined);
  if (step === 'signal') agent.answer = ({ url }) => (url.endsWith('restart_pending') ? null : undefined);
  const id = await begin();
  await asked('restart_pending');
  await at('signal');
  await until(id, 'draining');
  await at('draining');
  agent.tasks = [];
  await beat();
  await until(id, 'drained');
  await at('drained');
  if (step === 'save') agent.answer = ({ url }) => (url.endsWith('snapshot') ? null : undefined);
  await canvas.pass(10);
  await asked('snapshot');
  await at('save');
  await until(id, 'snapshot_saved');
  await at('snapshot_saved');
  agent.asked.length = 0;
  if (step === 'restore') agent.answer = ({ url }) => (url.endsWith('snapshot') ? null : undefined);
  agent.reboot('boot-2');
  await beat();
  await asked('snapshot');
  await at('restore');
  await until(id, 'done');
  return id;
}

test.each(['signal', 'draining', 'drained', 'save', 'snapshot_saved', 'restore'] as const)(
  'a platform that is killed at this step goes on from it: %s',
  async (step) => {
    const run = await read(await killedAt(step));
    expect(run.steps.map((stamp) => stamp.step)).toEqual(WHOLE);
    expect(run).toMatchObject({ signal: { outcome: 'acknowledged' }, restored: { session_resumed: true }, boot_id_after: 'boot-2' });
    await vi.waitFor(() => expect(canvas.status(atlas.id)).toBe('online'), patient);
    expect(canvas.deps.fleet.get(atlas.id).run).toBeNull();
  },
  60_000,
);

describe('killed between two stamps', () => {
  /** A platform that finds the run as it is given. */
  async function found(some: Partial<RunState>): Promise<string> {
    const run = aRun({ id: 'run-1', workspace_id: atlas.id, requested_at: canvas.now, boot_id_before: 'boot-1', ...some });
    canvas.now += 10;
    const facts = { ...canvas.deps.fleet.get(atlas.id).facts, status: 'draining', cause: 'restart' } as const;
    await canvas.abandon();
    const store = await openStore({ dataDir: canvas.folder });
    await insertRun(store.db, run);
    await insertStamp(store.db, run.id, { step: run.state, at: run.requested_at, detail: {} });
    await saveFacts(store.db, [{ workspace_id: atlas.id, facts }], canvas.now);
    await store.close();
    await canvas.open();
    return run.id;
  }

  test.each<[RunStep, Partial<RunState>]>([
    ['signalled', { signal: acknowledged }],
    ['deadline_passed', { signal: acknowledged }],
    ['online', {}],
    ['restored', {}],
  ])('%s', async (state, some) => {
    const at = canvas.now;
    agent.tasks = [];
    const id = await found({ state, signalled_at: at, drained_at: at, ...some });
    if (state === 'signalled') {
      agent.draining = { run_id: id, seconds: null };
      await beat();
    }
    if (state === 'signalled' || state === 'deadline_passed') {
      await vi.waitFor(async () => expect((await read(id)).waits_for).toBe('its snapshot'), patient);
      await canvas.pass(11);
      await until(id, 'snapshot_saved');
      agent.reboot('boot-2');
      await beat();
    }
    await until(id, 'done');
    await vi.waitFor(() => expect(canvas.status(atlas.id)).toBe('online'), patient);
  });

  test('of its end and of the status that follows: the workspace is free', async () => {
    await found({ state: 'cancelled', ended_at: canvas.now });
    await vi.waitFor(() => expect(canvas.status(atlas.id)).toBe('online'), patient);
  });
});

test('a signal whose outcome nobody wrote down is taken back when the run is cancelled', async () => {
  agent.answer = ({ url }) => (url.endsWith('restart_pending') ? null : undefined);
  const id = await begin();
  await asked('restart_pending');
  agent.draining = { run_id: id, seconds: null };
  await cancelRestart(canvas.deps, LOCAL_OPERATOR, { run: id });
  await another();
  await until(id, 'cancelled');
  expect([agent.draining, agent.signals()]).toEqual([null, ['restart_pending', 'restart_cancelled']]);
});

test('a platform that ends in good order leaves its runs where they are', async () => {
  const id = await begin();
  await until(id, 'draining');
  await canvas.platform.endWorkspaces('leave');
  agent.tasks = [];
  await beat().catch(() => undefined);
  await canvas.close();
  await canvas.open();
  expect((await read(id)).state).toBe('draining');
  await beat();
  await until(id, 'drained');
});

test('a platform that ends while it waits for the signal says nothing of its outcome: the next one asks again', async () => {
  agent.answer = ({ url }) => (url.endsWith('restart_pending') ? null : undefined);
  const id = await begin();
  await asked('restart_pending');
  await canvas.platform.endWorkspaces('leave');
  await canvas.close();
  agent.answer = () => undefined;
  await canvas.open();
  await until(id, 'draining');
  expect((await read(id)).signal?.outcome).toBe('acknowledged');
  expect(agent.signals()).toEqual(['restart_pending', 'restart_pending']);
});
