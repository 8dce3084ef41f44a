import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { DelegationResult } from './delegation-result.ts';
import { bundleRuntime, type Started, startProgram } from './test-bundle.ts';
import { TestDelegations } from './test-delegations.ts';
import { testFolders } from './test-folder.ts';
import { rpc } from './test-http.ts';
import { type SeenRequest, TestPlatform } from './test-platform.ts';

const newFolder = testFolders();
let built: string;
let program: string;
let platform: TestPlatform;
let kept: TestDelegations;
let running: Started[];
let folder: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'canvas-runtime-bundle-'));
  program = bundleRuntime(built);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));
beforeEach(async () => {
  platform = await TestPlatform.start();
  kept = new TestDelegations();
  running = [];
  folder = newFolder();
  writeFileSync(join(folder, '.auth_token'), 'token-one');
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  await platform.close();
  expect(platform.faults).toEqual([]);
});

/** Answers each prompt with the prompt. "wait" hangs until there is a file "go". */
const ECHO = `
  const fs = require('node:fs');
  const text = fs.readFileSync(0, 'utf8');
  const answer = () => (console.log(text), process.exit());
  if (!text.endsWith('wait')) answer();
  fs.writeFileSync('waits', '');
  setInterval(() => fs.existsSync('go') && answer(), 10);
`;

function start(): Started {
  const agent = { kind: 'command', command: [process.execPath, '-e', ECHO], cwd: folder };
  const config = { platform_url: platform.url, workspace_id: 'ws-1', interval_seconds: 5, results_cooldown_seconds: 0, agent };
  writeFileSync(join(folder, 'workspace.json'), JSON.stringify(config));
  const started = startProgram(program, ['--config', join(folder, 'workspace.json')], { DELEGATION_RESULTS_FILE: 'mine.jsonl' });
  running.push(started);
  return started;
}
const results = () =>
  readFileSync(join(folder, 'mine.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DelegationResult);
const url = () => (JSON.parse(readFileSync(join(folder, 'runtime.json'), 'utf8')) as { url: string }).url;
async function say(text: string, messageId: string): Promise<string> {
  const { result } = await rpc(url(), 'message/send', { message: { messageId, parts: [{ text }] } });
  const { artifacts } = result as { artifacts?: { parts: { text: string }[] }[] };
  return String(artifacts?.[0]?.parts[0]?.text);
}

const posts = (path: string) => (request: SeenRequest) => request.method === 'POST' && request.path === path;
const gets = (beginning: string) => (request: SeenRequest) => request.method === 'GET' && request.path.startsWith(beginning);

test.each([
  ['the list', 'before', gets('/workspaces/ws-1/delegations')],
  ['the whole result', 'before', gets('/delegations/')],
  ['the name of its parent', 'before', gets('/workspaces/boss')],
  ['the message', 'before', posts('/workspaces/self/a2a')],
  ['the message', 'after', posts('/workspaces/self/a2a')],
  ['the notification', 'before', posts('/workspaces/ws-1/notify')],
  ['the notification', 'after', posts('/workspaces/ws-1/notify')],
] as const)(
  'a runtime that is killed at %s, %s the platform takes it, tells each result once when it is back',
  async (_name, when, is) => {
    const now = Date.now();
    const ids = ['one', 'two'].map((id, at) =>
      kept.give({ delegation_id: id, status: 'completed', response: `answer ${id}`, created_at: now - 1000 + at }),
    );
    let killed = false;
    platform.onRequest = (request) => {
      if (killed || !is(request)) return kept.answer(request);
      killed = true;
      if (when === 'after') kept.answer(request);
      running[0]?.child.kill('SIGKILL');
      return { status: 0, hangUp: true };
    };
    const first = start();
    await first.ended;
    expect(killed).toBe(true);
    start();
    await platform.until(() => kept.notes.length === 2);
    expect(kept.told.sort()).toEqual(ids);
    expect(kept.messages.size).toBe(1);
    expect(
      results()
        .map(({ delegation_id }) => delegation_id)
        .sort(),
    ).toEqual(ids);
    expect(await say('and now?', 'm1')).toMatch(/^<untrusted-delegation-results .*answer one.*answer two.*>\n\nand now\?$/s);
    expect(await say('and then?', 'm2')).toBe('and then?');
  },
  30_000,
);

test('a turn that is killed with the results leaves them for the next one', async () => {
  kept.give({ delegation_id: 'one', status: 'completed', response: 'answer one' });
  platform.onRequest = kept.answer;
  const first = start();
  await platform.until(() => kept.notes.length === 1);
  const lost = say('wait', 'm1').catch(() => 'lost');
  await expect.poll(() => existsSync(join(folder, 'waits')), { timeout: 15_000 }).toBe(true);
  first.child.kill('SIGKILL');
  expect([await lost, (await first.ended).signal]).toEqual(['lost', 'SIGKILL']);
  const beats = platform.beats.length;
  start();
  await platform.beat(() => true, beats);
  writeFileSync(join(folder, 'go'), '');
  expect(await say('wait', 'm1')).toContain('answer one');
  expect(await say('and then?', 'm2')).toBe('and then?');
}, 30_000);

test('a runtime that is frozen while the platform takes the message, and loses its connection, tells it once when it goes on', async () => {
  kept.give({ delegation_id: 'one', status: 'completed', response: 'answer one' });
  let sent = 0;
  platform.onRequest = (request) => {
    const answer = kept.answer(request);
    if (request.path !== '/workspaces/self/a2a') return answer;
    sent += 1;
    if (sent > 1) return answer;
    running[0]?.child.kill('SIGSTOP');
    return { status: 0, hangUp: true };
  };
  const { child } = start();
  await platform.until(() => sent === 1);
  expect(kept.notes).toEqual([]);
  child.kill('SIGCONT');
  await platform.until(() => kept.notes.length === 1);
  expect([sent, kept.messages.size, kept.told]).toEqual([2, 1, ['one']]);
}, 30_000);
