import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Credentials } from './credentials.ts';
import { DelegationCalls } from './delegation-calls.ts';
import type { Log } from './log.ts';
import { PlatformClient } from './platform-client.ts';
import { writePrivateFile } from './private-file.ts';
import { handedOut, ResultShelf } from './result-shelf.ts';
import { ResultsCycle } from './results-cycle.ts';
import { ResultsFile } from './results-file.ts';
import { type ResultsFacts, ResultsState } from './results-state.ts';
import { TestDelegations } from './test-delegations.ts';
import { testFolders } from './test-folder.ts';
import { TestPlatform } from './test-platform.ts';

const newFolder = testFolders();
let platform: TestPlatform;
let client: PlatformClient;
beforeEach(async () => {
  platform = await TestPlatform.start();
  const folder = newFolder();
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const credentials = new Credentials(folder);
  await credentials.load();
  client = new PlatformClient(platform.url, credentials);
});
afterEach(async () => {
  client.close();
  await platform.close();
});

/** Ends everything at one step: what was done before it is done, nothing is done after it. */
class Death {
  #left: number;
  constructor(steps: number) {
    this.#left = steps;
  }
  /** Counts the moment before a thing is done and the moment after it. */
  around<Args extends unknown[], Result>(act: (...args: Args) => Promise<Result>): (...args: Args) => Promise<Result> {
    return async (...args) => {
      this.#step();
      const result = await act(...args);
      this.#step();
      return result;
    };
  }
  #step(): void {
    this.#left -= 1;
    if (this.#left <= 0) throw new Error('killed');
  }
  get came(): boolean {
    return this.#left <= 0;
  }
}

/** A process of its own over the folder: reads what the one before left, and dies when its time has come. */
async function processOver(folder: string, death: Death, { isPushed = true, log = (() => {}) as Log } = {}): Promise<ResultsCycle> {
  const state = await ResultsState.open(folder, () => {}, death.around(writePrivateFile));
  const { file, found } = await ResultsFile.open(join(folder, 'results.jsonl'), handedOut(state.facts));
  const shelf = new ResultShelf({ state, file, found, log: () => {} });
  shelf.put = death.around(shelf.put.bind(shelf));
  const calls = new DelegationCalls(client, 'ws-1', new AbortController().signal);
  for (const name of ['page', 'detail', 'received', 'parentName', 'send'] as const)
    (calls as unknown as Record<string, unknown>)[name] = death.around(
      (calls[name] as (...args: unknown[]) => Promise<unknown>).bind(calls),
    );
  return new ResultsCycle({
    workspaceId: 'ws-1',
    calls,
    state,
    shelf,
    log,
    isOpen: () => !death.came,
    isPushed,
    cooldownMs: 0,
  });
}

const never = () => new Death(Number.POSITIVE_INFINITY);

test('killed before or after any write and any call, each result is told, noted and kept exactly once', async () => {
  for (let steps = 1; ; steps += 1) {
    const kept = new TestDelegations();
    platform.onRequest = kept.answer;
    const folder = newFolder();
    const open = kept.give({ delegation_id: 'later' });
    const ids = ['one', 'two', 'three'].map((id) => kept.give({ delegation_id: id, status: 'completed', response: `answer ${id}` }));
    kept.give({ delegation_id: 'foreign', source_id: 'stranger', status: 'completed' });
    const death = new Death(steps);
    const first = await processOver(folder, death);
    await first.run().catch(() => {});
    kept.end(open, { status: 'failed', error: 'no paper' });
    await first.run().catch(() => {});
    const second = await processOver(folder, never());
    for (let cycles = 0; cycles < 3; cycles += 1) await second.run();
    const all = [...ids, open].sort();
    expect(kept.told.sort(), `told, killed at step ${steps}`).toEqual(all);
    expect(kept.notes.flatMap(({ delegation_id: id }) => id ?? []).sort(), `noted, killed at step ${steps}`).toEqual(all);
    expect(kept.notes.some(({ type }) => type === 'possible_injection')).toBe(true);
    const lines = readFileSync(join(folder, 'results.jsonl'), 'utf8').trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { delegation_id: string }).delegation_id).sort()).toEqual(all);
    if (!death.came) return expect(steps).toBeGreaterThan(30);
  }
}, 60_000);

test('one that was given is told of although the clock of its platform went back', async () => {
  const kept = new TestDelegations();
  platform.onRequest = kept.answer;
  const now = Date.now();
  kept.give({ delegation_id: 'before', status: 'completed', created_at: now + 300_000 });
  const cycle = await processOver(newFolder(), never());
  await cycle.run();
  kept.give({ delegation_id: 'after', status: 'completed', created_at: now });
  cycle.given('after');
  for (let times = 0; times < 2; times += 1) await cycle.run();
  expect(kept.told).toEqual(['before', 'after']);
});

test('one that was given is told of once, though the list shows it late and this clock is behind', async () => {
  const kept = new TestDelegations();
  let late = true;
  platform.onRequest = (request) =>
    late && request.path === '/workspaces/ws-1/delegations' ? { status: 200, body: [] } : kept.answer(request);
  const ahead = Date.now() + 600_000;
  const cycle = await processOver(newFolder(), never());
  kept.give({ delegation_id: 'one', created_at: ahead });
  cycle.given('one');
  await cycle.run();
  late = false;
  kept.end('one', { status: 'completed', response: 'a' });
  await cycle.run();
  kept.give({ delegation_id: 'two', status: 'completed', created_at: ahead + 30_000 });
  for (let times = 0; times < 2; times += 1) await cycle.run();
  expect(kept.told).toEqual(['one', 'two']);
  expect(platform.seen.filter(({ path }) => path === '/workspaces/self/a2a')).toHaveLength(2);
});

test('one that is given while the list is read, and is not in it, is found all the same', async () => {
  const kept = new TestDelegations();
  const cycle = await processOver(newFolder(), never());
  platform.onRequest = (request) => {
    const listed = kept.answer(request);
    if (request.path === '/workspaces/ws-1/delegations' && kept.rows.length === 1) {
      kept.give({ delegation_id: 'late', created_at: Date.now() - 300_000 });
      cycle.given('late');
    }
    return listed;
  };
  kept.give({ delegation_id: 'one' });
  await cycle.run();
  kept.end('late', { status: 'completed', response: 'a' });
  for (let times = 0; times < 2; times += 1) await cycle.run();
  expect(kept.told).toEqual(['late']);
});

test('a second process after a complete first one has nothing to do', async () => {
  const kept = new TestDelegations();
  platform.onRequest = kept.answer;
  const folder = newFolder();
  kept.give({ status: 'completed', response: 'a' });
  await (await processOver(folder, never())).run();
  const before = platform.seen.length;
  await (await processOver(folder, never())).run();
  expect(platform.seen.slice(before).map(({ method, path }) => `${method} ${path.split('?')[0]}`)).toEqual([
    'GET /workspaces/ws-1/delegations',
    'GET /workspaces/ws-1/activity',
  ]);
});

test('an agent that fetches its messages is told where to read each result, and none is kept for a turn', async () => {
  const kept = new TestDelegations();
  platform.onRequest = kept.answer;
  const folder = newFolder();
  kept.give({ delegation_id: 'one', status: 'completed', response: 'answer one' });
  await (await processOver(folder, never(), { isPushed: false })).run();
  const [{ text = '' } = {}] = [...kept.messages.values()];
  expect(text).toContain('Read each with check_task_status');
  expect(text).not.toContain('come with this message');
  const { unread, told } = JSON.parse(readFileSync(join(folder, 'delegations.json'), 'utf8')) as ResultsFacts;
  expect([unread, told]).toEqual([[], []]);
  expect(readFileSync(join(folder, 'results.jsonl'), 'utf8')).toContain('answer one');
});

test('without any memory, what ended long ago is not told again', async () => {
  const kept = new TestDelegations();
  platform.onRequest = kept.answer;
  const long = Date.now() - 2 * 3_600_000;
  kept.give({ delegation_id: 'old', status: 'completed', created_at: long, updated_at: long });
  kept.give({ delegation_id: 'old-but-open', created_at: long, updated_at: long });
  kept.give({ delegation_id: 'new', status: 'completed' });
  const cycle = await processOver(newFolder(), never());
  await cycle.run();
  expect(kept.told).toEqual(['new']);
  kept.end('old-but-open', { status: 'completed', response: 'at last' });
  await cycle.run();
  expect(kept.told).toEqual(['new', 'old-but-open']);
});

test('one delegation whose result cannot be fetched does not keep back the others', async () => {
  const kept = new TestDelegations();
  let broken = true;
  platform.onRequest = (request) => (broken && request.path === '/delegations/bad' ? { status: 500 } : kept.answer(request));
  for (const id of ['good', 'bad', 'fine']) kept.give({ delegation_id: id, status: 'completed', response: id });
  const cycle = await processOver(newFolder(), never());
  await expect(cycle.run()).rejects.toThrow('delegation bad');
  expect(kept.told.sort()).toEqual(['fine', 'good']);
  broken = false;
  await cycle.run();
  expect(kept.told.sort()).toEqual(['bad', 'fine', 'good']);
});

test('what the operator is not told, because too much waits already, is said in the log', async () => {
  const kept = new TestDelegations();
  platform.onRequest = (request) => (request.path === '/workspaces/ws-1/notify' ? { status: 503 } : kept.answer(request));
  const folder = newFolder();
  const state = await ResultsState.open(folder, () => {});
  const notes = Array.from({ length: 499 }, (_unused, at) => ({ delegation_id: `old-${at}`, message: 'x' }));
  await state.change(() => ({ notes, watermark: 0 }));
  for (const id of ['one', 'two', 'three']) kept.give({ delegation_id: id, status: 'completed' });
  const logged: string[] = [];
  const cycle = await processOver(folder, never(), { log: (level, message) => logged.push(`${level} ${message}`) });
  await expect(cycle.run()).rejects.toThrow('a notification');
  expect(kept.told.sort()).toEqual(['one', 'three', 'two']);
  expect(logged).toEqual([expect.stringMatching(/^error 2 results are not told to the operator.*old-0 old-1$/)]);
  const { notes: waiting } = JSON.parse(readFileSync(join(folder, 'delegations.json'), 'utf8')) as ResultsFacts;
  expect([waiting.length, waiting[0]?.delegation_id]).toEqual([500, 'old-2']);
});

test('rows as the reference platform keeps them are enough', async () => {
  const kept = new TestDelegations();
  const row = {
    delegation_id: 'd1',
    source_id: 'ws-1',
    target_id: 'peer',
    summary: 'do it',
    status: 'completed',
    response_preview: 'done',
    error: null,
  };
  platform.onRequest = (request) =>
    request.path === '/workspaces/ws-1/delegations'
      ? { status: 200, body: [{ ...row, created_at: Date.now(), extra: {} }, { delegation_id: '../x' }, null, 7] }
      : kept.answer(request);
  const folder = newFolder();
  await (await processOver(folder, never())).run();
  expect(kept.told).toEqual(['d1']);
  expect(JSON.parse(readFileSync(join(folder, 'results.jsonl'), 'utf8'))).toMatchObject({
    response: 'done',
    target_name: '',
    trace_id: null,
  });
});

test('of many rows only the newest are read again: those to the oldest open one, five pages at most; older ones are looked up', async () => {
  const kept = new TestDelegations('ws-1', 10);
  platform.onRequest = kept.answer;
  const now = Date.now();
  for (let number = 0; number < 300; number += 1) {
    const at = now - number * 60_000;
    kept.give({ delegation_id: `d${number}`, created_at: at, updated_at: at, ...(number % 100 === 37 ? {} : { status: 'completed' }) });
  }
  const cycle = await processOver(newFolder(), never());
  const asked = async (beginning: string) => {
    const from = platform.seen.length;
    await cycle.run();
    return platform.seen
      .slice(from)
      .filter(({ path }) => path.startsWith(beginning))
      .map(({ path }) => path);
  };
  await cycle.run();
  kept.messages.clear();
  expect(await asked('/workspaces/ws-1/delegations')).toHaveLength(5);
  expect(await asked('/delegations/')).toEqual(['/delegations/d237', '/delegations/d137']);
  for (const id of ['d37', 'd137', 'd237']) kept.end(id, { status: 'completed', response: id });
  await cycle.run();
  expect(kept.told).toEqual(['d37', 'd237', 'd137']);
  expect(await asked('/workspaces/ws-1/delegations')).toHaveLength(1);
});
