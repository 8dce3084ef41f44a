import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleRuntime, type Started, startProgram } from './test-bundle.ts';
import { testFolders } from './test-folder.ts';
import { rpc, send } from './test-http.ts';
import { refusal, TestPlatform } from './test-platform.ts';

const newFolder = testFolders();
let built: string;
let program: string;
let platform: TestPlatform;
let running: Started[];
let folder: string;

beforeAll(() => {
  built = mkdtempSync(join(tmpdir(), 'canvas-runtime-bundle-'));
  program = bundleRuntime(built);
});
afterAll(() => rmSync(built, { recursive: true, force: true }));
beforeEach(async () => {
  platform = await TestPlatform.start();
  running = [];
  folder = newFolder();
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  await platform.close();
  expect(platform.faults).toEqual([]);
});

const ECHO = {
  kind: 'command',
  command: [
    process.execPath,
    '-e',
    'process.stdin.on("data", (c) => setTimeout(() => console.log("You said: " + c), process.env.MINE ? 60000 : 0))',
  ],
  env: ['MINE'],
};
function start(settings: object = {}, args: string[] = [], environment: Record<string, string> = {}): Started {
  writeFileSync(
    join(folder, 'workspace.json'),
    JSON.stringify({ platform_url: platform.url, workspace_id: 'ws-1', interval_seconds: 5, agent: ECHO, ...settings }),
  );
  const started = startProgram(program, ['--config', join(folder, 'workspace.json'), ...args], environment);
  running.push(started);
  return started;
}
const facts = () =>
  JSON.parse(readFileSync(join(folder, 'runtime.json'), 'utf8')) as {
    pid: number;
    boot_id: string;
    port: number;
    url: string;
    instance: string;
    started_at: number;
  };

test('it registers, beats, answers, says goodbye and ends with 0', async () => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const { child, ended, output } = start({ name: 'Echo' }, ['--instance', 'mark-7']);
  const beat = await platform.beat();
  expect(platform.seen[0]).toMatchObject({
    path: '/registry/register',
    authorization: 'Bearer token-one',
    body: { id: 'ws-1', url: facts().url, delivery_mode: 'push', agent_card: { name: 'Echo' } },
  });
  expect(facts()).toMatchObject({ pid: child.pid, boot_id: beat.boot_id, instance: 'mark-7', url: `http://127.0.0.1:${facts().port}` });
  expect(statSync(join(folder, 'runtime.json')).mode & 0o777).toBe(0o600);
  expect((await send(`${facts().url}/healthz`)).json).toMatchObject({
    status: 'ok',
    pid: child.pid,
    boot_id: beat.boot_id,
    instance: 'mark-7',
    workspace_id: 'ws-1',
  });
  expect((await rpc(facts().url, 'message/send', { message: { parts: [{ type: 'text', text: 'hello' }] } })).result).toMatchObject({
    status: { state: 'completed' },
    artifacts: [{ parts: [{ text: 'You said: hello' }] }],
  });
  child.kill('SIGTERM');
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(platform.beats.at(-1)).toMatchObject({ active_tasks: 0, current_task: '', requests: 1, error_rate: 0 });
  expect(readFileSync(join(folder, '.inbound_secret'), 'utf8').trim()).toBe('inbound-one');
  expect(output()).not.toContain('token-one');
  expect(output()).not.toContain('inbound-one');
});

test('each start is a new boot', async () => {
  const first = start();
  const one = await platform.beat();
  first.child.kill('SIGKILL');
  await first.ended;
  start();
  const two = await platform.beat((beat) => beat.boot_id !== one.boot_id);
  expect(facts().boot_id).toBe(two.boot_id);
});

test('a join code makes a workspace that starts without one the next time', async () => {
  platform.onRequest = ({ path, authorization }) =>
    path === '/registry/register' && authorization === 'Bearer join_abc'
      ? { status: 200, body: { status: 'registered', delivery_mode: 'push', auth_token: 'earned', platform_inbound_secret: 's' } }
      : undefined;
  const flags = [
    '--platform',
    platform.url,
    '--id',
    'ws-1',
    '--join',
    'join_abc',
    '--folder',
    join(folder, 'own'),
    '--',
    process.execPath,
    '-e',
    '',
  ];
  const first = startProgram(program, ['connect', ...flags]);
  running.push(first);
  await platform.until(() => platform.seen.find((request) => request.path === '/registry/heartbeat'));
  first.child.kill('SIGTERM');
  await first.ended;
  const from = platform.seen.length;
  running.push(startProgram(program, flags));
  await platform.until(() => platform.seen.slice(from).some((request) => request.path === '/registry/heartbeat'));
  expect(platform.seen.slice(from).every((request) => request.authorization === 'Bearer earned')).toBe(true);
});

test('SIGTERM lets what is at work finish, and refuses what is new', async () => {
  const { child, ended, printed } = start({
    agent: {
      ...ECHO,
      command: [
        process.execPath,
        '-e',
        'process.stdin.on("data", () => {}); process.on("SIGUSR2", () => { console.log("finished"); process.exit() }); require("node:fs").writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)',
        join(folder, 'agent.pid'),
      ],
    },
    stop_deadline_seconds: 30,
  });
  await platform.beat();
  const answer = rpc(facts().url, 'message/send', { message: { parts: [{ text: 'work' }] } });
  await platform.beat((beat) => beat.active_tasks === 1);
  const agentPid = await until(() => Number(readFileSync(join(folder, 'agent.pid'), 'utf8')));
  child.kill('SIGTERM');
  await printed('SIGTERM: finishing');
  expect(await rpc(facts().url, 'message/send', { message: { parts: [{ text: 'new' }] } })).toMatchObject({ status: 503 });
  process.kill(agentPid, 'SIGUSR2');
  expect((await answer).result).toMatchObject({ artifacts: [{ parts: [{ text: 'finished' }] }] });
  expect((await ended).code).toBe(0);
});

test('what does not finish by the deadline is ended with it', async () => {
  const { child, ended } = start({ stop_deadline_seconds: 0.2 }, [], { MINE: '1' });
  await platform.beat();
  const answer = rpc(facts().url, 'message/send', { message: { parts: [{ text: 'work' }] } });
  await platform.beat((beat) => beat.active_tasks === 1);
  child.kill('SIGTERM');
  expect(await answer).toMatchObject({ status: 503, error: { code: -32021, data: { code: 'interrupted' } } });
  expect((await ended).code).toBe(0);
  expect(platform.beats.at(-1)).toMatchObject({ active_tasks: 0, current_task: '' });
});

test('SIGTERM ends it while it still waits for the platform', async () => {
  const { child, ended, printed } = start({ platform_url: 'http://127.0.0.1:9' });
  await printed('Trying again');
  child.kill('SIGTERM');
  expect((await ended).code).toBe(0);
});

test.each([
  ['refused join', 401, 'token_rejected', ['--join', 'join_used'], 3],
  ['unknown workspace', 404, 'not_found', [], 4],
  ['removed workspace', 410, 'gone', [], 4],
])('%s at registration: said plainly, it ends', async (_name, status, code, args, exit) => {
  platform.onRequest = () => refusal(status, code, 'no, for the test');
  const { ended, output } = start({}, args);
  expect((await ended).code).toBe(exit);
  expect(output()).toContain(`refused to register workspace ws-1 with ${status}: no, for the test`);
});

test.each([
  [404, 'not_found'],
  [410, 'gone'],
])('a refused token is tried on until the platform says %i %s: the workspace is gone, it ends', async (status, code) => {
  writeFileSync(join(folder, '.auth_token'), 'revoked');
  platform.onRequest = () => (platform.seen.length < 3 ? refusal(401, 'token_rejected') : refusal(status, code, 'it was removed'));
  const { ended, output } = start();
  expect((await ended).code).toBe(4);
  expect(platform.seen.map(({ path, authorization }) => [path, authorization])).toEqual(
    Array.from({ length: 3 }, () => ['/registry/register', 'Bearer revoked']),
  );
  expect(output()).toContain('it was removed. This runtime ends: the platform no longer has its workspace');
});

test('a join code does not hide that the workspace is gone', async () => {
  writeFileSync(join(folder, '.auth_token'), 'revoked');
  platform.onRequest = ({ authorization }) =>
    authorization === 'Bearer join_abc' ? refusal(410, 'gone', 'it was removed') : refusal(401, 'token_rejected');
  const { ended } = start({}, ['--join', 'join_abc']);
  expect((await ended).code).toBe(4);
});

test('a 410 without a code of Canvas is a proxy speaking: it is asked again', async () => {
  platform.onRequest = () => (platform.seen.length === 1 ? { status: 410, body: { detail: 'a proxy speaks' } } : undefined);
  start();
  await platform.beat();
});

test('a workspace removed while it runs ends its runtime with code 4', async () => {
  platform.onRequest = ({ path }) =>
    path === '/registry/heartbeat' && platform.beats.length > 1 ? refusal(410, 'gone', 'it was removed') : undefined;
  const { ended, output, child } = start({}, []);
  await platform.beat();
  expect(child.exitCode).toBeNull();
  void rpc(facts().url, 'message/send', { message: { parts: [{ text: 'x' }] } }).catch(() => {});
  expect((await ended).code).toBe(4);
  expect(output()).toContain('it was removed');
});

test('a wrong configuration ends with 2 and one sentence', async () => {
  const { ended, output } = start({ platfrom_url: 'x' });
  expect((await ended).code).toBe(2);
  expect(output()).toContain('canvas-workspace: platfrom_url: there is no such setting; did you mean "platform_url"?');
  expect(output()).not.toContain('    at ');
});

test('help is there', async () => {
  const help = startProgram(program, ['--help']);
  expect((await help.ended).code).toBe(0);
  expect(help.output()).toContain('canvas-workspace --platform URL --id ID --join CODE -- claude');
});

async function until<T>(look: () => T): Promise<T> {
  return await expect
    .poll(() => attempt(look), { timeout: 5000 })
    .toBeTruthy()
    .then(look);
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
