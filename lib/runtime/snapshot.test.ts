import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { MAX_SNAPSHOT_BYTES } from '#lib/contract/snapshot.ts';
import type { Agent } from './agent.ts';
import { Credentials } from './credentials.ts';
import { PlatformClient } from './platform-client.ts';
import { restoreWork } from './restore-work.ts';
import { buildSnapshot, deleteSnapshot, readSnapshot, type SnapshotFacts, writeSnapshot } from './snapshot.ts';
import { SnapshotKeeper } from './snapshot-keeper.ts';
import { testFolders } from './test-folder.ts';
import { WorkInHand } from './work-in-hand.ts';
import { openWorkMemory } from './work-memory.ts';
import { WorkMeter } from './work-meter.ts';

const newFolder = testFolders();
const PLANTED = `gh${'p_'}${'a1B2'.repeat(9)}`;
const FACTS: SnapshotFacts = {
  workspaceId: 'ws-1',
  bootId: 'boot-1',
  now: 1000,
  currentTask: 'reading',
  activeTasks: 2,
  uptimeSeconds: 7,
  sessionId: 'c1',
  transcriptLines: ['user: hello', 'agent: hi'],
  completedMessageIds: ['m1'],
  unfinished: [],
};
const nothing = () => undefined;

let path: string;
beforeEach(() => {
  path = join(newFolder(), '.agent_snapshot.json');
});

test('what is written is read once, by its owner alone', async () => {
  const { snapshot, problem } = await buildSnapshot(FACTS, () => ({ session_id: 'own', step: 3 }));
  expect(problem).toBeNull();
  await writeSnapshot(path, snapshot);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await readSnapshot(path, 'ws-1', 2000)).toEqual({ kind: 'read', snapshot });
  expect(snapshot).toEqual({
    schema: 1,
    workspace_id: 'ws-1',
    timestamp: 1000,
    boot_id: 'boot-1',
    current_task: 'reading',
    active_tasks: 2,
    uptime_seconds: 7,
    session_id: 'own',
    transcript_lines: ['user: hello', 'agent: hi'],
    transcript_lines_dropped: 0,
    completed_message_ids: ['m1'],
    unfinished: [],
    adapter: { step: 3 },
    redactions: {},
    dropped_sandbox: 0,
  });
  expect(await readSnapshot(path, 'ws-1', 3000)).toEqual({ kind: 'none' });
  expect(existsSync(`${path}.restored`)).toBe(true);
  await deleteSnapshot(path);
  expect(existsSync(`${path}.restored`)).toBe(false);
});

test('secrets and sandbox output stay out of every part of it', async () => {
  const facts = { ...FACTS, currentTask: PLANTED, transcriptLines: [`user: ${PLANTED}`, 'agent: [sandbox_output] 42', 'agent: ok'] };
  const { snapshot } = await buildSnapshot(facts, () => ({ [PLANTED]: { password: 'sunshine' } }));
  expect(JSON.stringify(snapshot)).not.toMatch(/a1B2a1B2|sunshine|42/);
  expect(snapshot).toMatchObject({ redactions: { GITHUB_PAT: 3, PASSWORD: 1 }, dropped_sandbox: 1 });
  expect(snapshot.transcript_lines).toEqual(['user: [REDACTED:GITHUB_PAT]', 'agent: ok']);
});

test('it is never more than 1 MB: the oldest lines go first, and it says how many', async () => {
  const lines = Array.from({ length: 200 }, (_unused, at) => `${at} ${'wörd "x" '.repeat(1000)}`);
  const { snapshot, problem } = await buildSnapshot({ ...FACTS, transcriptLines: lines }, nothing);
  const size = Buffer.byteLength(JSON.stringify(snapshot));
  expect(size).toBeLessThanOrEqual(MAX_SNAPSHOT_BYTES);
  expect(size).toBeGreaterThan(MAX_SNAPSHOT_BYTES - 20_000);
  expect(snapshot.transcript_lines).toEqual(lines.slice(snapshot.transcript_lines_dropped));
  expect([problem, snapshot.transcript_lines.length + snapshot.transcript_lines_dropped]).toEqual([null, 200]);
});

test('an agent state that is too large is left out, and it says so', async () => {
  const { snapshot, problem } = await buildSnapshot(FACTS, () => ({ big: 'x y '.repeat(400_000) }));
  expect(snapshot.adapter).toEqual({});
  expect(problem).toContain('larger than 1048576 bytes');
});

test.each<[string, () => unknown, string]>([
  ['throws', () => Promise.reject(new Error('the adapter is broken')), 'the adapter is broken'],
  ['answers nonsense', () => 'x', 'no object'],
  ['answers what JSON cannot hold', () => ({ n: 1n }), 'BigInt'],
])('an agent that %s costs its own part only', async (_name, ask, why) => {
  const { snapshot, problem } = await buildSnapshot(FACTS, ask);
  expect(problem).toContain(why);
  expect(snapshot).toMatchObject({ session_id: 'c1', transcript_lines: ['user: hello', 'agent: hi'], adapter: {} });
});

const agent = (more: Partial<Agent>): Agent => ({ name: 'A', description: '', skills: [], handle: async () => ({ text: '' }), ...more });

/** Keeps the work of a runtime that answered one message, as far as its agent and its disk allow. */
async function keeperAt(where: string, more: Partial<Agent> = {}): Promise<SnapshotKeeper> {
  const credentials = new Credentials(newFolder());
  const memory = await openWorkMemory(newFolder());
  memory.sessionId = 'c1';
  return new SnapshotKeeper({
    path: where,
    workspaceId: 'ws-1',
    bootId: 'boot-1',
    agent: agent(more),
    memory,
    work: new WorkInHand(new WorkMeter()),
    client: new PlatformClient('http://127.0.0.1:9', credentials),
    log: () => {},
    milliseconds: 400,
  });
}
const save = async (where: string, more: Partial<Agent> = {}) => (await (await keeperAt(where, more)).save()).problem;

test('an agent that never answers does not hold the stop up', async () => {
  expect(await save(path, { preStopState: () => new Promise(() => {}) })).toContain('took longer than 0.2 s');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ session_id: 'c1' });
});

test('a look at what would be kept writes nothing, and does not wait for an agent that hangs', async () => {
  const keeper = await keeperAt(path, { preStopState: () => new Promise(() => {}) });
  expect(await keeper.preview()).toMatchObject({ schema: 1, session_id: 'c1', problem: expect.stringContaining('took longer than 0.2 s') });
  const fine = await keeperAt(path, { preStopState: () => ({ note: PLANTED }) });
  expect(await fine.preview()).toMatchObject({ adapter: { note: '[REDACTED:GITHUB_PAT]' }, problem: null });
  expect(readdirSync(join(path, '..'))).toEqual([]);
});

test('a place that cannot be written is told, not thrown, and leaves nothing behind', async () => {
  writeFileSync(path, 'a file');
  expect(await save(join(path, 'inside'))).toContain('could not be written');
  expect(readdirSync(join(path, '..'))).toEqual(['.agent_snapshot.json']);
});

test.each([
  ['half of a file', '{"schema":1,"works', 'not valid JSON'],
  ['an unknown schema', '{"schema":2,"workspace_id":"ws-1"}', 'it is of schema 2, and this runtime reads schema 1'],
  ['other fields', '{"schema":1,"workspace_id":"ws-1"}', 'not those of a snapshot'],
  ['a snapshot of another workspace', JSON.stringify({ workspace_id: 'ws-2', adapter: {} }), 'it is of workspace ws-2, and this is ws-1'],
])('%s is set aside with the reason, and is not fatal', async (_name, text, why) => {
  writeFileSync(path, text);
  const memory = await openWorkMemory(newFolder());
  const told = await restoreWork({ path, workspaceId: 'ws-1', agent: agent({}), memory, log: () => {} });
  expect(told).toContain(why);
  const [aside = ''] = readdirSync(join(path, '..'));
  expect(aside).toMatch(/^\.agent_snapshot\.json\.damaged-\d+$/);
  expect(readFileSync(join(path, '..', aside), 'utf8')).toBe(text);
});

test('the older shape is read: session and transcript under adapter', async () => {
  const older = {
    workspace_id: 'ws-1',
    timestamp: '2026-01-02T03:04:05Z',
    adapter: { session_id: 's-1', transcript_lines: ['user: old', { role: 'agent', text: 'yes' }], model: 'x' },
  };
  writeFileSync(path, JSON.stringify(older));
  const memory = await openWorkMemory(newFolder());
  let given: unknown;
  const restored = agent({
    restoreState(state) {
      given = state;
    },
  });
  expect(await restoreWork({ path, workspaceId: 'ws-1', agent: restored, memory, log: () => {} })).toBeNull();
  const lines = ['user: old', '{"role":"agent","text":"yes"}'];
  expect(given).toEqual({ session_id: 's-1', transcript_lines: lines, model: 'x' });
  expect([memory.sessionId, memory.transcript.lines]).toEqual(['s-1', lines]);
});

test('an agent that cannot take its state back is told, and the rest is restored', async () => {
  await writeSnapshot(path, (await buildSnapshot(FACTS, nothing)).snapshot);
  const memory = await openWorkMemory(newFolder());
  const broken = agent({ restoreState: () => Promise.reject(new Error('no room for it')) });
  expect(await restoreWork({ path, workspaceId: 'ws-1', agent: broken, memory, log: () => {} })).toContain('no room for it');
  expect([memory.transcript.lines.length, memory.completed.find('m1')?.outcome]).toEqual([2, 'served']);
});
