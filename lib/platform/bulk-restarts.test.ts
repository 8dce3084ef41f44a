import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BulkRestartDetail } from '#lib/contract/bulk-restarts.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { bulkItemsOf, insertBulk, updateBulkItem } from '#lib/store/bulk-restarts.ts';
import { newId } from '#lib/store/new-id.ts';
import { type Actor, LOCAL_OPERATOR } from './actor.ts';
import { BulkRestarts, type RunStarter } from './bulk-restarts.ts';
import { abortBulk, bulkPreview, getBulk, listBulk, pauseBulk, resumeBulk, startBulk } from './bulk-verbs.ts';
import { cleanUp } from './housekeeping.ts';
import { TestPlatform } from './test-platform.ts';

type Outcome = Awaited<ReturnType<RunStarter['whenEnded']>>;

/** Runs that end when the test says so, in the place of those that drain and stop processes. */
class HandRuns implements RunStarter {
  /** Asked for, in order: workspace ids. */
  readonly asked: string[] = [];
  readonly requests: Parameters<RunStarter['request']>[0][] = [];
  readonly refuse = new Map<string, CanvasError>();
  readonly #outcomes = new Map<string, Outcome>();
  readonly #waiting = new Map<string, (outcome: Outcome) => void>();

  async request(input: Parameters<RunStarter['request']>[0]) {
    this.asked.push(input.workspaceId);
    this.requests.push(input);
    const refusal = this.refuse.get(input.workspaceId);
    if (refusal) throw refusal;
    return { id: `run of ${input.workspaceId}`, state: 'requested' as const };
  }

  async whenEnded(runId: string): Promise<Outcome> {
    if (runId === 'forgotten') throw new CanvasError('not_found', 'There is no such run.');
    return this.#outcomes.get(runId) ?? new Promise((resolve) => this.#waiting.set(runId, resolve));
  }

  end(workspaceId: string, state: Outcome['state'] = 'done', why = ''): void {
    const id = `run of ${workspaceId}`;
    this.#outcomes.set(id, { state, why });
    this.#waiting.get(id)?.({ state, why });
  }
}

let canvas: TestPlatform;
let runs: HandRuns;
const patient = { timeout: 20_000, interval: 5 };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  runs = new HandRuns();
  coordinate();
});
afterEach(async () => {
  await canvas.deps.bulk.close();
  await canvas.close();
  canvas.removeFolder();
});

/** A coordinator that knows what is in the store, and nothing else. */
function coordinate(): BulkRestarts {
  canvas.deps.bulk = new BulkRestarts(
    () => canvas.deps,
    () => runs,
  );
  return canvas.deps.bulk;
}

async function provisioned(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let at = 0; at < count; at += 1) {
    const { id } = await canvas.workspace(`Agent ${String(at).padStart(2, '0')}`);
    canvas.deps.fleet.replaceRow(id, { ...canvas.deps.fleet.get(id).row, provisioner: 'process' });
    ids.push(id);
  }
  return ids;
}

const start = (ids: string[], more: Partial<Parameters<typeof startBulk>[2]> = {}) =>
  startBulk(canvas.deps, LOCAL_OPERATOR, { ids, ...more });
const now = (id: string) => getBulk(canvas.deps, LOCAL_OPERATOR, { id });
const states = ({ items }: BulkRestartDetail) => items.map(({ state }) => state);
const until = (id: string, holds: (bulk: BulkRestartDetail) => void) =>
  vi.waitFor(async () => {
    const bulk = await now(id);
    holds(bulk);
    return bulk;
  }, patient);
const asked = (count: number) => vi.waitFor(() => expect(runs.asked).toHaveLength(count), patient);

test('begins as many as it may at once, in their order, the next when one has ended', async () => {
  const ids = await provisioned(5);
  const begun = await start(ids, { concurrency: 2, deadline_seconds: 900, force: true, reason: 'new model' });
  expect([begun.state, begun.counts.pending, states(begun)]).toEqual(['running', 5, Array(5).fill('pending')]);
  await until(begun.id, (bulk) => expect(states(bulk)).toEqual(['running', 'running', 'pending', 'pending', 'pending']));
  runs.end(ids[1] ?? '');
  await until(begun.id, (bulk) => expect(states(bulk)).toEqual(['running', 'done', 'running', 'pending', 'pending']));
  for (const id of ids) runs.end(id);
  const done = await until(begun.id, (bulk) => expect(bulk.state).toBe('done'));
  expect(done).toMatchObject({ ended_at: canvas.now, counts: { done: 5, pending: 0, running: 0 }, why: '' });
  expect(runs.asked).toEqual(ids);
  expect(runs.requests[0]).toEqual({
    workspaceId: ids[0],
    kind: 'restart',
    origin: 'bulk',
    actor: { kind: 'operator', id: 'local', name: 'this machine' },
    reason: 'new model',
    deadlineSeconds: 900,
    force: true,
    bulkId: begun.id,
  });
});

test('never has more under way than it may, however they end', async () => {
  const ids = await provisioned(12);
  const { id } = await start(ids, { concurrency: 3, stop_after_failures: null });
  const seen: number[] = [];
  canvas.deps.feed.subscribe(() => seen.push(runs.asked.length - ended));
  let ended = 0;
  for (const [at, workspace] of ids.entries()) {
    await asked(Math.min(12, 3 + at));
    ended += 1;
    runs.end(workspace, at % 3 === 0 ? 'failed' : 'done', 'no');
    await until(id, ({ counts }) => expect(counts.done + counts.failed).toBe(ended));
  }
  expect(Math.max(...seen)).toBeLessThanOrEqual(3);
  expect((await until(id, ({ state }) => expect(state).toBe('done'))).counts).toMatchObject({ done: 8, failed: 4 });
});

describe('failures', () => {
  test('pause it, and say who failed and why; resumed, it goes on until as many more', async () => {
    const ids = await provisioned(6);
    const { id } = await start(ids, { concurrency: 1, stop_after_failures: 2 });
    for (const [at, workspace] of ids.slice(0, 2).entries()) {
      await asked(at + 1);
      runs.end(workspace, 'failed', 'It did not start.');
    }
    const paused = await until(id, ({ state }) => expect(state).toBe('paused'));
    expect(paused.why).toBe('2 failed, the last was Agent 01: It did not start; resume to go on.');
    expect(runs.asked).toHaveLength(2);
    await resumeBulk(canvas.deps, LOCAL_OPERATOR, { id });
    await asked(3);
    runs.end(ids[2] ?? '', 'failed', 'It did not start.');
    await asked(4);
    expect(await now(id)).toMatchObject({ state: 'running', why: '' });
    runs.end(ids[3] ?? '', 'failed', 'It did not start.');
    await until(id, ({ state }) => expect(state).toBe('paused'));
  });

  test('that were cancelled by somebody do not count as such', async () => {
    const ids = await provisioned(2);
    const { id } = await start(ids, { concurrency: 1 });
    await asked(1);
    runs.end(ids[0] ?? '', 'cancelled', 'Cancelled by Ada');
    await asked(2);
    expect(await now(id)).toMatchObject({ state: 'running', items: [{ state: 'cancelled', why: 'Cancelled by Ada' }, {}] });
  });
});

describe('a person', () => {
  test('pauses it: what is under way goes on, nothing new is begun', async () => {
    const ids = await provisioned(3);
    const { id } = await start(ids, { concurrency: 1 });
    await asked(1);
    await pauseBulk(canvas.deps, LOCAL_OPERATOR, { id });
    runs.end(ids[0] ?? '');
    const paused = await until(id, (bulk) => expect(states(bulk)).toEqual(['done', 'pending', 'pending']));
    await canvas.deps.bulk.takeTurns(id);
    expect([paused.state, paused.why, runs.asked.length]).toEqual(['paused', 'Paused by this machine.', 1]);
    await resumeBulk(canvas.deps, LOCAL_OPERATOR, { id });
    await asked(2);
  });

  test('aborts it: what is under way goes on to its outcome, the rest is skipped for good', async () => {
    const ids = await provisioned(3);
    const { id } = await start(ids, { concurrency: 1 });
    await asked(1);
    await abortBulk(canvas.deps, LOCAL_OPERATOR, { id });
    expect(await now(id)).toMatchObject({
      state: 'aborted',
      ended_at: null,
      items: [{ state: 'running' }, { state: 'skipped', why: 'Aborted by this machine.', ended_at: canvas.now }, { state: 'skipped' }],
    });
    runs.end(ids[0] ?? '');
    const ended = await until(id, ({ ended_at }) => expect(ended_at).not.toBeNull());
    expect([ended.state, states(ended), runs.asked.length]).toEqual(['aborted', ['done', 'skipped', 'skipped'], 1]);
    for (const verb of [pauseBulk, resumeBulk]) {
      await expect(verb(canvas.deps, LOCAL_OPERATOR, { id })).rejects.toMatchObject({ code: 'conflict' });
    }
  });

  test('is answered that there is none, and nobody else may', async () => {
    await expect(pauseBulk(canvas.deps, LOCAL_OPERATOR, { id: 'none' })).rejects.toMatchObject({ code: 'not_found' });
    const { id } = await canvas.workspace('Atlas');
    const workspace: Actor = { kind: 'workspace', id, name: 'Atlas', token_id: 't' };
    await expect(startBulk(canvas.deps, workspace, { ids: [id] })).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the set', () => {
  test('is shown before, with who is left out and why', async () => {
    const [idle = '', busy = '', underWay = '', gone = ''] = await provisioned(4);
    const foreign = (await canvas.workspace('Foreign')).id;
    canvas.deps.fleet.get(busy).facts.active_tasks = 2;
    canvas.deps.fleet.get(underWay).run = {
      id: 'r',
      kind: 'restart',
      state: 'draining',
      requested_at: 1,
      deadline_at: null,
      left: 1,
      rev: 1,
    };
    canvas.deps.fleet.remove(gone);
    const ids = [busy, idle, underWay, foreign, gone, idle];
    const waiting = await bulkPreview(canvas.deps, LOCAL_OPERATOR, { ids });
    expect(waiting.items).toEqual([
      { workspace_id: busy, name: 'Agent 01', active_tasks: 2, skip: '' },
      { workspace_id: idle, name: 'Agent 00', active_tasks: 0, skip: '' },
      { workspace_id: underWay, name: 'Agent 02', active_tasks: 0, skip: 'A restart, pause or drain of it is under way already.' },
      { workspace_id: foreign, name: 'Foreign', active_tasks: 0, skip: 'Canvas did not start it, so it can only be drained.' },
      { workspace_id: gone, name: gone, active_tasks: 0, skip: 'It is not there any more.' },
    ]);
    expect(waiting).toMatchObject({ restarting: 2, skipped: 3 });
    const skipping = await bulkPreview(canvas.deps, LOCAL_OPERATOR, { ids: [busy], busy: 'skip' });
    expect(skipping.items[0]?.skip).toBe('It is busy: 2 tasks in flight.');
  });

  test('may be a search of the fleet, of every page of it', async () => {
    await provisioned(12);
    await canvas.workspace('Other');
    const found = await bulkPreview(canvas.deps, LOCAL_OPERATOR, { filter: 'name:agent' });
    expect(found.items.map(({ name }) => name)).toEqual(Array.from({ length: 12 }, (_, at) => `Agent ${String(at).padStart(2, '0')}`));
    expect((await bulkPreview(canvas.deps, LOCAL_OPERATOR, { filter: '' })).items).toHaveLength(13);
    await expect(bulkPreview(canvas.deps, LOCAL_OPERATOR, {})).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('is frozen, and each of it is looked at again when its turn comes', async () => {
    const ids = await provisioned(3);
    const { id } = await start(ids, { concurrency: 1, busy: 'skip' });
    await asked(1);
    canvas.deps.fleet.get(ids[1] ?? '').facts.active_tasks = 1;
    await canvas.workspace('Newcomer');
    runs.end(ids[0] ?? '');
    await asked(2);
    expect((await now(id)).items.map(({ state, why }) => [state, why])).toEqual([
      ['done', ''],
      ['skipped', 'It is busy: 1 task in flight.'],
      ['running', ''],
    ]);
  });

  test('of which nothing can be restarted is done at once, also a large one', async () => {
    const ids = Array.from({ length: 1000 }, () => newId());
    const { id } = await start(ids);
    expect(await until(id, ({ state }) => expect(state).toBe('done'))).toMatchObject({ counts: { skipped: 1000, pending: 0 } });
  });
});

describe('a run that is refused', () => {
  test('leaves its workspace out, with the reason of the refusal', async () => {
    const ids = await provisioned(2);
    runs.refuse.set(ids[0] ?? '', new CanvasError('conflict', 'It is being paused.'));
    const { id } = await start(ids, { concurrency: 1 });
    await asked(2);
    expect((await now(id)).items[0]).toMatchObject({ state: 'skipped', why: 'It is being paused.', run_id: null });
  });

  test('because of a fault counts as failed', async () => {
    const ids = await provisioned(2);
    runs.refuse.set(ids[0] ?? '', new TypeError('x is not a function') as unknown as CanvasError);
    const { id } = await start(ids, { concurrency: 1 });
    const paused = await until(id, ({ state }) => expect(state).toBe('paused'));
    expect([paused.items[0]?.state, paused.items[0]?.why]).toEqual(['failed', expect.not.stringContaining('function')]);
  });

  test('for the moment is asked for again', async () => {
    const [only = ''] = await provisioned(1);
    runs.refuse.set(only, new CanvasError('unavailable', 'The store cannot be written.'));
    const { id } = await start([only]);
    await asked(1);
    runs.refuse.clear();
    await asked(2);
    runs.end(only);
    await until(id, ({ state }) => expect(state).toBe('done'));
  });
});

describe('a platform that begins again', () => {
  test('follows what is under way, takes its outcome and goes on with the rest', async () => {
    const ids = await provisioned(3);
    const { id } = await start(ids, { concurrency: 2 });
    await until(id, ({ items }) => expect(items.filter(({ run_id }) => run_id !== null)).toHaveLength(2));
    await canvas.deps.bulk.close();
    runs.end(ids[0] ?? '', 'done');
    await coordinate().recover();
    await asked(3);
    expect(states(await now(id))).toEqual(['done', 'running', 'running']);
    for (const workspace of ids) runs.end(workspace);
    await until(id, ({ state }) => expect(state).toBe('done'));
    expect(runs.asked).toEqual(ids);
  });

  test('keeps a pause, and its reason', async () => {
    const ids = await provisioned(2);
    const { id } = await start(ids, { concurrency: 1 });
    await asked(1);
    await pauseBulk(canvas.deps, LOCAL_OPERATOR, { id });
    await canvas.deps.bulk.close();
    await coordinate().recover();
    runs.end(ids[0] ?? '');
    await until(id, (bulk) => expect(states(bulk)).toEqual(['done', 'pending']));
    expect(await now(id)).toMatchObject({ state: 'paused', why: 'Paused by this machine.' });
    await resumeBulk(canvas.deps, LOCAL_OPERATOR, { id });
    await asked(2);
  });

  test('finds the run that it had asked for when it was killed, and asks for that of which there is no trace', async () => {
    const [traced = '', traceless = '', forgotten = ''] = await provisioned(3);
    const { db } = canvas.store;
    const bulk = { ...(await start([traced])), forgiven: 0, id: newId() };
    const { items: _, counts: __, ...row } = bulk;
    const item = { name: 'x', state: 'running' as const, run_id: null, why: '', ended_at: null };
    await insertBulk(db, row, [
      { ...item, position: 0, workspace_id: traced },
      { ...item, position: 1, workspace_id: traceless },
      { ...item, position: 2, workspace_id: forgotten },
    ]);
    await updateBulkItem(db, row.id, { ...item, position: 2, workspace_id: forgotten, run_id: 'forgotten' });
    const run = { kind: 'restart', state: 'done', bulk_id: row.id, group_id: null, requested_at: 1, ended_at: 2, rev: 1, body: '{}' };
    await db
      .insertInto('restart_runs')
      .values({ ...run, id: `run of ${traced}`, workspace_id: traced })
      .execute();
    await asked(1);
    runs.end(traced);
    await until(bulk.id, () => undefined);
    await canvas.deps.bulk.close();
    runs.asked.length = 0;
    await coordinate().recover();
    await asked(1);
    runs.end(traceless);
    const done = await until(row.id, ({ state }) => expect(state).toBe('done'));
    expect([runs.asked, states(done)]).toEqual([[traceless], ['done', 'done', 'failed']]);
  });

  test('has written the set before it answered', async () => {
    const ids = await provisioned(2);
    const { id } = await start(ids);
    await canvas.deps.bulk.close();
    expect((await bulkItemsOf(canvas.store.db, id)).map(({ workspace_id }) => workspace_id)).toEqual(ids);
    expect((await listBulk(canvas.deps, LOCAL_OPERATOR, {})).map((bulk) => bulk.id)).toEqual([id]);
  });
});

test('everybody who watches is told of each change', async () => {
  const [only = ''] = await provisioned(1);
  const told: unknown[] = [];
  canvas.deps.feed.subscribe((item) => {
    if (item.kind === 'ledger' && item.event.type === 'bulk.changed') told.push([item.event.actor.name, item.event.data]);
  });
  const { id } = await start([only]);
  await asked(1);
  runs.end(only);
  await until(id, ({ state }) => expect(state).toBe('done'));
  expect(told[0]).toEqual(['this machine', { bulk_id: id, state: 'running', why: '' }]);
  expect(told.at(-1)).toEqual(['bulk restarts', { bulk_id: id, state: 'done', why: '' }]);
});

test('is forgotten a year after it ended', async () => {
  const { id } = await start([newId()]);
  await until(id, ({ state }) => expect(state).toBe('done'));
  canvas.now += 365 * 86_400_000;
  await cleanUp(canvas.deps);
  await now(id);
  canvas.now += 1;
  await cleanUp(canvas.deps);
  await expect(now(id)).rejects.toMatchObject({ code: 'not_found' });
});

test('a store that cannot be written for a while holds it up, and loses nothing', async () => {
  const [only = ''] = await provisioned(1);
  const { id } = await start([only]);
  await until(id, ({ items }) => expect(items[0]?.run_id).not.toBeNull());
  const release = canvas.lockStore();
  runs.end(only);
  await vi.waitFor(() => expect(canvas.logged.join()).toContain('a bulk restart could not go on'), { timeout: 60_000 });
  release();
  await until(id, ({ state }) => expect(state).toBe('done'));
});
