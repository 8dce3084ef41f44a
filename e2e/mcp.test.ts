import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { DelegationPage } from '#lib/contract/delegations.ts';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { type Desk, sitDown } from './mcp-desk.ts';
import { operator } from './python-cast.ts';
import { type RunningPlatform, startPlatform } from './running-platform.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const PROGRAM = join(PROJECT, 'dist', 'workspace.js');
const SOON = { timeout: 30_000 };
let ground: string;
let platform: RunningPlatform;
let helper: { id: string; folder: string; process: ChildProcess };
const desks: Desk[] = [];
const asOperator = <T = unknown>(method: string, path: string, body?: unknown): Promise<T> => operator<T>(platform, method, path, body);
const detail = (id: string) => asOperator<WorkspaceDetail>('GET', `/workspaces/${id}`);

/** A workspace whose agent answers what it is asked. */
async function startHelper(): Promise<typeof helper> {
  const { id } = await asOperator<{ id: string }>('POST', '/workspaces', { name: 'Helper' });
  const { auth_token } = await asOperator<{ auth_token: string }>('POST', `/workspaces/${id}/tokens`, {});
  const folder = join(ground, 'helper');
  await mkdir(folder, { mode: 0o700 });
  await writeFile(join(folder, '.auth_token'), auth_token, { mode: 0o600 });
  const args = [PROGRAM, '--platform', platform.url, '--id', id, '--folder', folder, '--interval', '5', '--', 'cat'];
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: ground, NODE_ENV: 'production' as const };
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  await vi.waitFor(async () => expect((await detail(id)).status).toBe('online'), SOON);
  return { id, folder, process: child };
}

beforeAll(async () => {
  ground = await mkdtemp(join(tmpdir(), 'canvas-mcp-'));
  // The agents listen on this machine, also when the test itself runs in a container.
  platform = await startPlatform({ dataDir: ground, settings: { CANVAS_IN_CONTAINER: '0' } });
  helper = await startHelper();
}, 120_000);
afterEach(async () => {
  for (const desk of desks.splice(0)) await desk.leave();
});
afterAll(async () => {
  const ended = once(helper.process, 'exit');
  helper.process.kill('SIGKILL');
  await ended;
  await platform.stop();
  await rm(ground, { recursive: true, force: true });
});

async function joined(name: string): Promise<{ id: string; desk: Desk }> {
  const { id } = await asOperator<{ id: string }>('POST', '/workspaces', { name });
  const { join_code } = await asOperator<{ join_code: string }>('POST', `/workspaces/${id}/join-codes`);
  const desk = await sitDown(PROGRAM, ['mcp', '--platform', platform.url, '--id', id, '--join', join_code, '--interval', '5'], ground);
  desks.push(desk);
  await expect.poll(() => detail(id), SOON).toMatchObject({ status: 'online', agent_card: { name: 'Desk Client' } });
  return { id, desk };
}

test('an agent joins by a code, asks another one, hears from it later, tells the user, remembers, and leaves', async () => {
  const { id, desk } = await joined('Desk');
  await desk.use('set_current_task', { task: 'Reading' });
  await expect.poll(() => detail(id), SOON).toMatchObject({ current_task: 'Reading' });
  expect(await desk.use('list_peers')).toMatchObject({ peers: [{ id: helper.id, name: 'Helper', relation: 'sibling', status: 'online' }] });
  expect(await desk.use('delegate_task', { target: 'Helper', task: 'say this' })).toMatchObject({
    status: 'completed',
    untrusted_result: 'say this',
  });

  const { task_id } = await desk.use<{ task_id: string }>('delegate_task_async', { target: 'Helper', task: 'and that' });
  expect(await desk.use('check_task_status', { task_id, wait_seconds: 30 })).toMatchObject({
    tasks: [{ status: 'completed', untrusted_result: 'and that', target_name: 'Helper' }],
  });
  const { items } = await asOperator<DelegationPage>('GET', `/delegations?source=${id}`);
  expect(items).toMatchObject([{ delegation_id: task_id, status: 'completed', target_id: helper.id }]);

  await desk.use('send_message_to_user', { message: 'Both are said' });
  expect(JSON.stringify(await asOperator('GET', '/inbox'))).toContain('Both are said');
  const secret = ['ghp', 'a'.repeat(36)].join('_');
  await desk.use('commit_memory', { content: `They like it loud, not ${secret}` });
  expect(await desk.use('recall_memory', { query: 'LOUD' })).toMatchObject({
    memories: [{ content: 'They like it loud, not [REDACTED:GITHUB_PAT]' }],
  });
  await desk.use('report_wedged', { reason: 'No ears' });
  await expect.poll(() => detail(id), SOON).toMatchObject({ status: 'degraded', cause: 'wedged', last_sample_error: 'No ears' });
  await desk.use('report_wedged', { resolved: true });
  await expect.poll(() => detail(id), SOON).toMatchObject({ status: 'online' });

  await desk.leave();
  expect(await detail(id)).toMatchObject({ current_task: '', active_tasks: 0 });
}, 120_000);

test('it is asked and answers; what it asks meanwhile belongs to the same trace', async () => {
  const { id, desk } = await joined('Answering');
  const asked = fetch(`${platform.url}/workspaces/${id}/a2a`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'wait=60' },
    body: JSON.stringify({ method: 'message/send', params: { message: { parts: [{ kind: 'text', text: 'How loud?' }] } } }),
  });
  const messages = async () => (await desk.use<{ messages: { message_id: string }[] }>('check_messages')).messages;
  await expect.poll(messages, SOON).toMatchObject([{ from: 'the user of Canvas', untrusted_text: 'How loud?' }]);
  const [message] = await messages();
  await desk.use('delegate_task', { target: helper.id, task: 'measure' });
  await desk.use('answer_message', { message_id: message?.message_id, text: 'Very' });
  expect(await (await asked).json()).toMatchObject({ result: { parts: [{ text: 'Very' }] } });
  expect(await messages()).toEqual([]);

  const own = await asOperator<QueuePage>('GET', `/workspaces/${id}/a2a/queue?state=all`);
  const theirs = await asOperator<QueuePage>('GET', `/workspaces/${helper.id}/a2a/queue?state=all`);
  const trace = own.items.find(({ summary }) => summary === 'How loud?')?.trace_id;
  expect(trace).toMatch(/^[0-9a-f]{32}$/);
  expect(theirs.items.find(({ summary }) => summary === 'measure')?.trace_id).toBe(trace);
}, 120_000);

/**
 * The public scenarios for servers that apply. The others ask for what this server does not offer (logging, completion,
 * resources, prompts, sampling, elicitation), or call a tool of a fixed name that only a test server has
 * (`test_image_content`, `test_tool_with_progress`, `test_reconnection`, `json_schema_2020_12_tool`…).
 */
const APPLY = ['server-initialize', 'ping', 'tools-list', 'tools-call-error', 'server-sse-multiple-streams', 'dns-rebinding-protection'];

test.each(APPLY)(
  'public conformance: %s',
  async (scenario) => {
    const { url } = JSON.parse(await readFile(join(helper.folder, 'runtime.json'), 'utf8')) as { url: string };
    const suite = join(PROJECT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js');
    const results = join(ground, 'conformance');
    const args = [suite, 'server', '--url', `${url}/mcp`, '--scenario', scenario, '--output-dir', results];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ground });
    expect(stdout).toMatch(/Passed: ([1-9]\d*)\/\1, 0 failed/);
  },
  60_000,
);
