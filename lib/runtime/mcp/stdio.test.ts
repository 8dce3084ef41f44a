import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { holdFolder } from '#lib/runtime/folder-lock.ts';
import { bundleRuntime, type Started, startProgram } from '#lib/runtime/test-bundle.ts';
import { testFolders } from '#lib/runtime/test-folder.ts';
import { rpc } from '#lib/runtime/test-http.ts';
import { refusal, TestPlatform } from '#lib/runtime/test-platform.ts';
import { answered, mcpClient, peer, routes, type TestMcp } from './test-mcp.ts';

const newFolder = testFolders();
const JOINED = { status: 'registered', delivery_mode: 'poll', auth_token: 'earned', platform_inbound_secret: 'inbound-one' };
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
let bundle: string;
let program: string;
let folder: string;
let platform: TestPlatform;
const sessions: TestMcp[] = [];
const running: Started[] = [];

beforeAll(() => {
  bundle = mkdtempSync(join(tmpdir(), 'canvas-mcp-'));
  program = bundleRuntime(bundle);
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));
beforeEach(async () => {
  folder = newFolder();
  platform = await TestPlatform.start();
});
afterEach(async () => {
  for (const { client, faults } of sessions.splice(0)) {
    await client.close();
    expect(faults).toEqual([]);
  }
  for (const { child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  await platform.close();
  expect(platform.faults).toEqual([]);
});

/** Starts the shipped program as an MCP client does; its stderr is kept, and what is on stdout beside the protocol is a fault. */
async function session(args: string[] = [], env: Record<string, string> = {}) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, 'mcp', '--platform', platform.url, '--id', 'ws-1', '--folder', folder, ...args],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stderr: 'pipe',
  });
  let log = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const made = await mcpClient(transport);
  sessions.push(made);
  return { ...made, pid: transport.pid ?? 0, log: () => log };
}
const codes =
  (code: string) =>
  ({ path, authorization }: { path: string; authorization: string | null }) =>
    path === '/registry/register' && authorization === `Bearer ${code}` ? { status: 200, body: JOINED } : undefined;

test('it joins by a code, is named by its client, beats, does its work and says goodbye when stdin is closed', async () => {
  platform.onRequest = (request) =>
    codes('join_abc')(request) ??
    routes({ 'GET /registry/ws-1/peers': { status: 200, body: [peer('ws-2', 'Indexer')] }, 'POST /workspaces/ws-2/a2a': answered('42') })(
      request,
    );
  const { call, client, log } = await session(['--join', 'join_abc'], { TRACEPARENT: TRACE });
  const first = await platform.beat();
  expect(first.runtime_metadata?.capabilities).toEqual({ mcp: true });
  expect(platform.seen.find(({ path }) => path === '/registry/register')).toMatchObject({
    body: { id: 'ws-1', url: '', delivery_mode: 'poll', agent_card: { name: 'Test Desk' } },
  });
  await call('set_current_task', { task: 'Looking' });
  await platform.beat(({ current_task }) => current_task === 'Looking');
  expect((await call('delegate_task', { target: 'Indexer', task: 'How many?' })).facts).toMatchObject({ untrusted_result: '42' });
  expect(platform.seen.find(({ path }) => path === '/workspaces/ws-2/a2a')).toMatchObject({
    authorization: 'Bearer earned',
    body: { params: { message: { metadata: { traceparent: TRACE } } } },
  });
  await client.close();
  // Only the goodbye says that nothing is being done.
  expect(platform.beats.at(-1)).toMatchObject({ current_task: '', active_tasks: 0 });
  expect(log()).toContain('Connected to');
  expect(log()).not.toContain('earned');
});

test('the same command works again when its code is used up', async () => {
  platform.onRequest = codes('join_abc');
  const first = await session(['--join', 'join_abc']);
  await platform.beat();
  await first.client.close();
  platform.onRequest = ({ authorization }) => (authorization === 'Bearer join_abc' ? refusal(401, 'token_rejected') : undefined);
  const from = platform.beats.length;
  await session(['--join', 'join_abc']);
  await platform.beat(() => true, from);
  expect(platform.seen.at(-1)?.authorization).toBe('Bearer earned');
});

test('a refusal is told by the tools, to the model and to who reads over its shoulder', async () => {
  platform.onRequest = () => refusal(401, 'token_rejected', 'The join code was used');
  const { call, log } = await session(['--join', 'join_used']);
  const { isError, text } = await call('list_peers');
  expect([isError, text]).toEqual([
    true,
    expect.stringContaining('The join code was used. Canvas does not accept the token of this workspace'),
  ]);
  await expect.poll(log).toContain('The join code was used');
});

test('SIGTERM ends it with a goodbye', async () => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const { pid, client, call } = await session();
  await call('set_current_task', { task: 'Looking' });
  await platform.beat(({ current_task }) => current_task === 'Looking');
  const closed = new Promise<void>((resolve) => {
    client.onclose = resolve;
  });
  process.kill(pid, 'SIGTERM');
  await closed;
  expect(platform.beats.at(-1)).toMatchObject({ current_task: '', active_tasks: 0 });
});

test('messages are fetched and answered', async () => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const row = (queue_id: string, source_id: string | null, method: string, part: object, status = 'delivering') => ({
    id: `a-${queue_id}`,
    source_id,
    status,
    created_at: queue_id === 'q1' ? 1 : 2,
    request_body: { queue_id, redelivered: false, method, params: { message: { messageId: 'm', parts: [part] } } },
  });
  platform.onRequest = routes({
    'GET /workspaces/ws-1/activity': {
      status: 200,
      body: [
        row('q2', null, 'SendMessage', { text: 'second' }),
        row('q1', 'ws-7', 'message/send', { kind: 'text', text: 'first' }),
        row('q0', 'ws-7', 'message/send', {}, 'ok'),
      ],
    },
    'POST /workspaces/ws-1/a2a/queue/q1/answer': { status: 200, body: {} },
    'POST /workspaces/ws-1/a2a/queue/q2/answer': { status: 200, body: {} },
  });
  const { call } = await session();
  expect((await call('check_messages')).facts).toMatchObject({
    messages: [
      { message_id: 'q1', from: 'workspace ws-7', untrusted_text: 'first' },
      { message_id: 'q2', from: 'the user of Canvas', untrusted_text: 'second' },
    ],
  });
  expect((await call('answer_message', { message_id: 'q2', text: 'yes' })).facts).toEqual({ status: 'answered' });
  expect((await call('answer_message', { message_id: 'q1', refusal: 'not mine' })).facts).toEqual({ status: 'refused' });
  expect((await call('answer_message', { message_id: 'q1' })).isError).toBe(true);
  expect(platform.seen.filter(({ path }) => path.endsWith('/answer')).map(({ body }) => body)).toMatchObject([
    { result: { message: { role: 'ROLE_AGENT', parts: [{ text: 'yes' }] } } },
    { error: { code: -32000, message: 'not mine' } },
  ]);
});

test.each([
  ['a runtime', {}],
  ['a runtime that Canvas reaches by way of a proxy', { public_url: 'http://127.0.0.1:9/agent' }],
])('beside %s it only lends tools: that runtime beats, and is told what its agent does', async (_name, settings) => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const agent = { kind: 'http', url: 'http://127.0.0.1:9' };
  writeFileSync(join(folder, 'w.json'), JSON.stringify({ platform_url: platform.url, workspace_id: 'ws-1', folder, agent, ...settings }));
  const runtime = startProgram(program, ['--config', join(folder, 'w.json')]);
  running.push(runtime);
  const { boot_id } = await platform.beat();
  const { call, client } = await session();
  expect((await client.listTools()).tools.map(({ name }) => name)).not.toContain('check_messages');
  await call('set_current_task', { task: 'From beside' });
  await platform.beat(({ current_task }) => current_task === 'From beside');
  expect((await call('report_wedged', { reason: 'stuck' })).facts).toEqual({ wedged: true, reason: 'stuck' });
  await platform.beat(({ runtime_state }) => runtime_state === 'wedged');
  await client.close();
  expect(new Set(platform.beats.map((beat) => beat.boot_id))).toEqual(new Set([boot_id]));
  expect(runtime.child.exitCode).toBeNull();
});

test('a second session of the same workspace goes on when the first ends', async () => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const first = await session();
  const { boot_id } = await platform.beat();
  const second = await session();
  await second.call('set_current_task', { task: 'Second' });
  await platform.beat((beat) => beat.current_task === 'Second' && beat.boot_id === boot_id);
  await first.client.close();
  await platform.beat((beat) => beat.boot_id !== boot_id);
  expect((JSON.parse(readFileSync(join(folder, 'runtime.json'), 'utf8')) as { pid: number }).pid).toBe(second.pid);
});

test.each([
  ['mcp', true],
  ['runtime', false],
] as const)('what has only just taken the folder is known for what it is: %s', async (kind, fetches) => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  await holdFolder(folder, 'ws-1', { kind });
  const { client } = await session();
  const names = (await client.listTools()).tools.map(({ name }) => name);
  expect(names.includes('check_messages')).toBe(fetches);
});

test('a program that a runtime runs finds the tools of its workspace where it is told', async () => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const ask =
    'fetch(process.env.CANVAS_MCP_URL, { method: "DELETE", headers: { "mcp-session-id": "x" } }).then((r) => console.log(r.status))';
  const agent = { kind: 'command', command: [process.execPath, '-e', ask] };
  writeFileSync(join(folder, 'w.json'), JSON.stringify({ platform_url: platform.url, workspace_id: 'ws-1', folder, agent }));
  running.push(startProgram(program, ['--config', join(folder, 'w.json')]));
  await platform.beat();
  const { url } = JSON.parse(readFileSync(join(folder, 'runtime.json'), 'utf8')) as { url: string };
  const { result } = await rpc(url, 'message/send', { message: { parts: [{ text: 'go' }] } });
  expect(result).toMatchObject({ artifacts: [{ parts: [{ text: '404' }] }] });
});

test('an agent beside mcp is a mistake that is said', async () => {
  const started = startProgram(program, ['mcp', '--platform', platform.url, '--id', 'ws-1', '--', 'claude']);
  expect((await started.ended).code).toBe(2);
  expect(started.output()).toContain('mcp takes no agent');
});

test('a client that does not read its log is served to the end', async () => {
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const args = ['mcp', '--platform', platform.url, '--id', 'ws-1', '--folder', folder];
  const child = spawn(process.execPath, [program, ...args], { env: { PATH: process.env['PATH'] ?? '' } as unknown as NodeJS.ProcessEnv });
  child.stderr.destroy();
  const ended = once(child, 'close');
  const clientInfo = { name: 'x', version: '1' };
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo };
  const task = { name: 'set_current_task', arguments: { task: 'Looking' } };
  for (const message of [
    { id: 1, method: 'initialize', params },
    { method: 'notifications/initialized' },
    { id: 2, method: 'tools/call', params: task },
  ])
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  await Promise.race([platform.beat(({ current_task }) => current_task === 'Looking'), ended]);
  child.stdin.end();
  expect(await ended).toEqual([0, null]);
  expect(platform.beats.at(-1)).toMatchObject({ current_task: '', active_tasks: 0 });
});
