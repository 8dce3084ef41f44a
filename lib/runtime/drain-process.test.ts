import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleRuntime, type Started, startProgram } from './test-bundle.ts';
import { testFolders } from './test-folder.ts';
import { rpc, send } from './test-http.ts';
import { TestPlatform } from './test-platform.ts';

/**
 * Writes down each message that it is given and then answers how many it had in this session. "wait" hangs until there
 * is a file "go", "deaf" does so without heeding SIGTERM; both start a child that hangs with them.
 */
const AGENT = `
  const fs = require('node:fs');
  const [known] = process.argv.slice(1);
  const { CANVAS_MESSAGE_ID: message, CANVAS_CONTEXT_ID: context, CANVAS_REDELIVERED: redelivered } = process.env;
  const text = fs.readFileSync(0, 'utf8');
  const hangs = /^(wait|deaf)/.test(text);
  if (text.startsWith('deaf')) process.on('SIGTERM', () => {});
  const child = hangs ? require('node:child_process').spawn('sleep', ['600'], { stdio: 'ignore' }).pid : null;
  fs.appendFileSync('ledger', JSON.stringify({ pids: [process.pid, child].filter(Boolean), message, context, redelivered, text }) + '\\n');
  const turn = Number(known?.slice(1) ?? 0) + 1;
  const answer = () => {
    if (child) process.kill(child, 'SIGKILL');
    console.log(JSON.stringify({ text: 'turn ' + turn, id: 's' + turn }));
    process.exit();
  };
  if (!hangs) answer();
  setInterval(() => fs.existsSync('go') && answer(), 10);
`;

interface Entry {
  pids: number[];
  message: string;
  context: string;
  redelivered: string;
  text: string;
}

const newFolder = testFolders();
let built: string;
let program: string;
let platform: TestPlatform;
let running: Started[];
let folder: string;
let desk: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'canvas-runtime-bundle-'));
  program = bundleRuntime(built);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));
beforeEach(async () => {
  platform = await TestPlatform.start();
  running = [];
  folder = newFolder();
  desk = newFolder();
});
afterEach(async () => {
  writeFileSync(join(desk, 'go'), '');
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  for (const { pids } of ledger()) for (const pid of pids.filter(alive)) process.kill(pid, 'SIGKILL');
  await platform.close();
  expect(platform.faults).toEqual([]);
});

const path = (name: string) => join(folder, name);
const ledger = (): Entry[] =>
  existsSync(join(desk, 'ledger'))
    ? readFileSync(join(desk, 'ledger'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Entry)
    : [];
const entry = async (message: string) => {
  await expect.poll(() => ledger().some((one) => one.message === message), { timeout: 15_000 }).toBe(true);
  return ledger().filter((one) => one.message === message);
};
const url = () => (JSON.parse(readFileSync(path('runtime.json'), 'utf8')) as { url: string }).url;
const gone = (pids: number[]) => expect.poll(() => pids.some(alive), { timeout: 15_000 }).toBe(false);

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Starts it and resolves when it beats. */
async function start(settings: object = {}): Promise<Started> {
  const command = [process.execPath, '-e', AGENT];
  const agent = {
    kind: 'command',
    command,
    resume: [...command, '{session}'],
    output: 'json',
    text_path: 'text',
    session_path: 'id',
    cwd: desk,
  };
  writeFileSync(path('workspace.json'), JSON.stringify({ platform_url: platform.url, workspace_id: 'ws-1', agent, ...settings }));
  const from = platform.beats.length;
  const started = startProgram(program, ['--config', path('workspace.json')]);
  running.push(started);
  await platform.beat(() => true, from);
  return started;
}

function signal(drain_seconds: number | null) {
  const secret = readFileSync(path('.inbound_secret'), 'utf8').trim();
  return send(`${url()}/signals/restart_pending`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'x-restart-signal': 'true' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'signals/restart_pending',
      params: { workspace_id: 'ws-1', run_id: 'run-1', drain_seconds },
    }),
  });
}

async function say(text: string, messageId: string, metadata: object = {}): Promise<string> {
  const { result, error } = await rpc(url(), 'message/send', { message: { messageId, contextId: 'c1', metadata, parts: [{ text }] } });
  const { artifacts } = result as { artifacts?: { parts: { text: string }[] }[] };
  return error === undefined ? String(artifacts?.[0]?.parts[0]?.text) : String(error.data?.code);
}

test('drained over HTTP, ended and started again: the line was worked off, the session goes on, nothing is done twice', async () => {
  const first = await start();
  const answers = [say('wait', 'm1'), entry('m1').then(() => say('behind it', 'm2'))];
  await platform.beat((beat) => beat.active_tasks === 2);
  expect((await signal(null)).json).toMatchObject({ result: { in_flight: [{}, {}] } });
  expect(await say('late', 'm3')).toBe('draining');
  writeFileSync(join(desk, 'go'), '');
  expect(await Promise.all(answers)).toEqual(['turn 1', 'turn 2']);
  expect(await platform.until(() => platform.snapshots[0])).toMatchObject({
    run_id: 'run-1',
    session_id: 's2',
    completed_message_ids: ['m1', 'm2'],
    unfinished: [],
  });
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(0);
  rmSync(path('sessions.json'));
  rmSync(path('completed-messages.jsonl'));
  const second = await start();
  expect(second.output()).toContain('Restored from the snapshot');
  expect(await say('behind it', 'm2', { redelivered: true })).toContain('done already');
  expect(await say('late', 'm3', { redelivered: true })).toBe('turn 3');
  expect(ledger().map(({ message, context, redelivered }) => [message, context, redelivered])).toEqual([
    ['m1', 'c1', '0'],
    ['m2', 'c1', '0'],
    ['m3', 'c1', '1'],
  ]);
}, 60_000);

test('at the deadline the program ends with all that it started; what waited in line was not begun', async () => {
  await start();
  const answers = [say('wait', 'm1'), entry('m1').then(() => say('behind it', 'm2'))];
  await platform.beat((beat) => beat.active_tasks === 2);
  await signal(0);
  expect(await Promise.all(answers)).toEqual(['interrupted', 'draining']);
  const sent = await platform.until(() => platform.snapshots[0]);
  expect(sent).toMatchObject({
    completed_message_ids: [],
    unfinished: expect.arrayContaining([expect.objectContaining({ message_id: 'm1' })]),
  });
  expect(sent['unfinished']).toHaveLength(2);
  const [begun] = await entry('m1');
  await gone(begun?.pids ?? [0]);
  expect(ledger()).toHaveLength(1);
}, 60_000);

test('a runtime that is told to stop leaves no program behind, not even one that does not heed it', async () => {
  const { child, ended } = await start({ stop_deadline_seconds: 0.1 });
  const answer = say('deaf', 'm1');
  const [begun] = await entry('m1');
  child.kill('SIGTERM');
  expect(await answer).toBe('interrupted');
  expect((await ended).code).toBe(0);
  await gone(begun?.pids ?? [0]);
}, 60_000);

test('what a killed runtime left running is ended by the next one before anything else begins', async () => {
  const first = await start();
  void say('deaf', 'm1').catch(() => {});
  const [begun] = await entry('m1');
  await expect.poll(() => readdirSync(path('programs')), { timeout: 15_000 }).toEqual([String(begun?.pids[0])]);
  first.child.kill('SIGKILL');
  await first.ended;
  expect(begun?.pids.every(alive)).toBe(true);
  await start();
  await gone(begun?.pids ?? [0]);
  writeFileSync(join(desk, 'go'), '');
  expect(await say('deaf', 'm1', { redelivered: true })).toBe('turn 1');
  expect((await entry('m1')).map(({ redelivered }) => redelivered)).toEqual(['0', '1']);
  await expect.poll(() => readdirSync(path('programs')), { timeout: 15_000 }).toEqual([]);
}, 60_000);
