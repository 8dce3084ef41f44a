import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleRuntime, type Started, startProgram } from './test-bundle.ts';
import { testFolders } from './test-folder.ts';
import { rpc } from './test-http.ts';
import { refusal, TestPlatform } from './test-platform.ts';

const AGENT = fileURLToPath(new URL('./test-agent-program.js', import.meta.url));
const PLANTED = `gh${'p_'}${'a1B2'.repeat(9)}`;
const newFolder = testFolders();
let built: string;
let program: string;
let platform: TestPlatform;
let running: Started[];
let folder: string;
/** Where the agent's program works: what it keeps there is its own. */
let desk: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'canvas-runtime-bundle-'));
  program = bundleRuntime(built);
  mkdirSync(join(built, 'bin'));
  writeFileSync(join(built, 'bin', 'claude'), `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(AGENT)} claude "$@"\n`);
  chmodSync(join(built, 'bin', 'claude'), 0o755);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));
beforeEach(async () => {
  platform = await TestPlatform.start();
  running = [];
  folder = newFolder();
  desk = newFolder();
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  await platform.close();
  expect(platform.faults).toEqual([]);
});

const path = (name = '.agent_snapshot.json') => join(folder, name);
const snapshot = (name?: string) => JSON.parse(readFileSync(path(name), 'utf8')) as Record<string, unknown>;
const given = () => Object.values(JSON.parse(readFileSync(join(desk, 'known-sessions.json'), 'utf8')) as Record<string, string[]>);

/** Starts it and resolves when it beats. */
async function start(environment: Record<string, string> = {}, agent: object = {}): Promise<Started> {
  const config = {
    platform_url: platform.url,
    workspace_id: 'ws-1',
    interval_seconds: 5,
    agent: { kind: 'command', preset: 'claude', cwd: desk, ...agent },
  };
  writeFileSync(join(folder, 'workspace.json'), JSON.stringify(config));
  const from = platform.beats.length;
  const PATH = `${join(built, 'bin')}:${process.env['PATH'] ?? ''}`;
  const started = startProgram(program, ['--config', join(folder, 'workspace.json')], { PATH, ...environment });
  running.push(started);
  await platform.beat(() => true, from);
  return started;
}

async function end({ child, ended }: Started, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  expect((await ended).code).toBe(signal === 'SIGTERM' ? 0 : null);
}

async function say(text: string, messageId: string, contextId = 'c1'): Promise<string> {
  const { url } = JSON.parse(readFileSync(path('runtime.json'), 'utf8')) as { url: string };
  const { result, error } = await rpc(url, 'message/send', { message: { messageId, contextId, parts: [{ kind: 'text', text }] } });
  if (error !== undefined) return `error ${error.data?.code}`;
  const { artifacts, status } = result as { artifacts?: { parts: { text: string }[] }[]; status: { state: string } };
  return `${status.state}: ${artifacts?.[0]?.parts[0]?.text}`;
}

test('a workspace that was stopped resumes its conversation, from its snapshot alone', async () => {
  const first = await start();
  expect(await say('one', 'm1')).toBe('completed: turn 1: one');
  await end(first, 'SIGTERM');
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(snapshot()).toMatchObject({
    schema: 1,
    workspace_id: 'ws-1',
    session_id: Object.keys(JSON.parse(readFileSync(join(desk, 'known-sessions.json'), 'utf8')) as object)[0],
    transcript_lines: ['user: one', 'agent: turn 1: one'],
    completed_message_ids: ['m1'],
  });
  rmSync(path('sessions.json'));
  const second = await start();
  expect(second.output().indexOf('Restored from the snapshot')).toBeLessThan(second.output().indexOf('Listening at'));
  expect(second.output()).toContain('Restored from the snapshot');
  expect([existsSync(path()), existsSync(path('.agent_snapshot.json.restored'))]).toEqual([false, true]);
  expect(await say('two', 'm2')).toBe('completed: turn 2: one | two');
  await end(second, 'SIGTERM');
  expect(snapshot()['transcript_lines']).toEqual(['user: one', 'agent: turn 1: one', 'user: two', 'agent: turn 2: one | two']);
});

test('a message that is done is answered again, without the agent, after a kill and after a stop', async () => {
  const first = await start();
  await say('one', 'm1');
  await end(first, 'SIGKILL');
  expect(existsSync(path())).toBe(false);
  const second = await start();
  expect(await say('one', 'm1')).toBe('completed: turn 1: one');
  await end(second, 'SIGTERM');
  rmSync(path('completed-messages.jsonl'));
  await start();
  expect(await say('one', 'm1')).toBe('completed: This message was done already; its answer was not kept');
  expect(given()).toEqual([['one']]);
});

test('a snapshot is never restored twice', async () => {
  const first = await start();
  await say('one', 'm1');
  await end(first, 'SIGTERM');
  await end(await start(), 'SIGKILL');
  const third = await start();
  expect(third.output()).not.toContain('Restored from the snapshot');
});

test('a planted secret is nowhere in the folder of the workspace', async () => {
  const first = await start({}, { extra_args: ['--model', 'small'] });
  await say(`my token is ${PLANTED}`, 'm1');
  await end(first, 'SIGTERM');
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) expect(readFileSync(join(entry.parentPath, entry.name), 'utf8')).not.toContain(PLANTED);
  expect(snapshot()).toMatchObject({
    redactions: { GITHUB_PAT: 2 },
    transcript_lines: ['user: my token is [REDACTED:GITHUB_PAT]', expect.any(String)],
  });
  expect(first.output()).not.toContain(PLANTED);
});

test('what could not be saved is told in the goodbye, and it ends well', async () => {
  writeFileSync(path('taken'), '');
  const started = await start({ AGENT_SNAPSHOT_PATH: join(folder, 'taken', 'snapshot.json') });
  await end(started, 'SIGTERM');
  expect(platform.beats.at(-1)?.sample_error).toContain('The snapshot could not be written');
  expect(started.output()).toContain('The snapshot could not be written');
});

test('a damaged snapshot is set aside and told in the first beat', async () => {
  writeFileSync(path(), '{"schema":1,');
  await start();
  expect(platform.beats[0]?.sample_error).toContain('it is not valid JSON');
  expect(readdirSync(folder).some((name) => name.startsWith('.agent_snapshot.json.damaged-'))).toBe(true);
});

test('work that the stop cut off is not done: it comes to the agent again', async () => {
  const slow = [process.execPath, '-e', 'require("fs").appendFileSync("seen", "x"); setTimeout(() => console.log("late"), 60_000)'];
  const agent = { preset: undefined, command: slow };
  const first = await start({}, agent);
  const answer = say('one', 'm1');
  await platform.beat((beat) => beat.active_tasks === 1);
  await expect.poll(() => existsSync(join(desk, 'seen')), { timeout: 10_000 }).toBe(true);
  await end(first, 'SIGTERM');
  expect(await answer).toBe('error interrupted');
  expect(snapshot()).toMatchObject({
    active_tasks: 1,
    completed_message_ids: [],
    unfinished: [{ message_id: 'm1', summary: 'one', started_at: expect.any(Number) }],
  });
  await start();
  expect(await say('one', 'm1')).toBe('completed: turn 1: one');
});

test('a workspace that was removed leaves no snapshot', async () => {
  const first = await start();
  await say('one', 'm1');
  await end(first, 'SIGTERM');
  platform.onRequest = ({ path: asked }) =>
    asked === '/registry/heartbeat' && platform.beats.length > 3 ? refusal(410, 'gone', 'it was removed') : undefined;
  const second = await start();
  for (let at = 2; second.child.exitCode === null && at < 9; at += 1) await say('more', `m${at}`).catch(() => {});
  expect((await second.ended).code).toBe(4);
  expect(readdirSync(folder).filter((name) => name.startsWith('.agent_snapshot'))).toEqual([]);
});
