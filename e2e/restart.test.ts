import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RestartPage, RestartRunDetail } from '#lib/contract/restarts.ts';
import type { SnapshotDetail, SnapshotRow } from '#lib/contract/snapshots.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { freePort, type RunningPlatform, startPlatform } from './running-platform.ts';

/**
 * Answers which turn of its session it is; a session is a number that it counts up. "wait" hangs until there is a file
 * "go". Every message that it is given is a line of its ledger.
 */
const AGENT = `
  const fs = require('node:fs');
  const [desk, known] = process.argv.slice(1);
  const { CANVAS_MESSAGE_ID: message, CANVAS_REDELIVERED: redelivered } = process.env;
  const text = fs.readFileSync(0, 'utf8');
  fs.appendFileSync(desk + '/ledger', JSON.stringify({ message, redelivered }) + '\\n');
  const turn = Number(known?.slice(1) ?? 0) + 1;
  const answer = () => {
    console.log(JSON.stringify({ text: 'turn ' + turn, id: 's' + turn }));
    process.exit();
  };
  if (!text.startsWith('wait')) answer();
  setInterval(() => fs.existsSync(desk + '/go') && answer(), 10);
`;
const MINUTES = { timeout: 5 * 60_000 };
const patient = { timeout: 90_000, interval: 50 };
const WHOLE = ['requested', 'signalled', 'draining', 'drained', 'snapshot_saved', 'stopped', 'started', 'online', 'restored', 'done'];

let folder: string;
let port: number;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-restart-'));
  port = await freePort();
  platform = await startPlatform({ dataDir: folder, port });
}, 120_000);
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

async function ask<T>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  const response = await fetch(`${platform.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${method} ${path}: ${text}`);
  return JSON.parse(text) as T;
}

const desk = (name: string) => join(folder, 'desks', name);
const configOf = (name: string) => {
  const command = [process.execPath, '-e', AGENT, desk(name)];
  const json = { output: 'json', text_path: 'text', session_path: 'id' };
  return { interval_seconds: 5, agent: { kind: 'command', command, resume: [...command, '{session}'], cwd: desk(name), ...json } };
};
const workspace = (id: string) => ask<WorkspaceDetail>('GET', `/workspaces/${id}`);
const status = (id: string, wanted: string) => vi.waitFor(async () => expect((await workspace(id)).status).toBe(wanted), patient);

async function provisioned(name: string, more: object = {}): Promise<string> {
  mkdirSync(desk(name), { recursive: true });
  const { id } = await ask<{ id: string }>('POST', '/workspaces', { name, provisioner: 'process', config: configOf(name), ...more });
  await status(id, 'online');
  return id;
}

const run = (id: string) => ask<RestartRunDetail>('GET', `/restarts/${id}`);
const begin = async (id: string, body: object = {}) => (await ask<RestartRunDetail>('POST', `/workspaces/${id}/restart`, body)).id;
const until = (id: string, state: RestartRunDetail['state']): Promise<RestartRunDetail> =>
  vi.waitFor(async () => {
    const now = await run(id);
    expect(now.state, JSON.stringify(now)).toBe(state);
    return now;
  }, patient);
const restarted = async (id: string, body: object = {}) => until(await begin(id, body), 'done');
const runsOf = async (id: string) => (await ask<RestartPage>('GET', `/workspaces/${id}/restarts`)).items;
const steps = (detail: RestartRunDetail) => detail.steps.map(({ step }) => step);
const at = (detail: RestartRunDetail, step: string) => detail.steps.find((stamp) => stamp.step === step)?.at ?? Number.NaN;
const pidOf = async (id: string) => (await workspace(id)).evidence.process?.pid ?? 0;
const tokenOf = (id: string) => readFileSync(join(platform.dataDir, 'workspaces', id, '.auth_token'), 'utf8').trim();
const ledger = (name: string) =>
  existsSync(join(desk(name), 'ledger'))
    ? readFileSync(join(desk(name), 'ledger'), 'utf8')
        .trim()
        .split('\n')
    : [];

/** Says it and resolves with the agent's answer. */
async function say(id: string, messageId: string, text: string): Promise<string> {
  const message = { kind: 'message', role: 'user', messageId, contextId: 'c1', parts: [{ kind: 'text', text }] };
  const body = { jsonrpc: '2.0', id: messageId, method: 'message/send', params: { message } };
  const answer = await ask<unknown>('POST', `/workspaces/${id}/a2a`, body, { prefer: 'wait=90' });
  return /turn \d+/.exec(JSON.stringify(answer))?.[0] ?? JSON.stringify(answer);
}

/** A message that hangs in the agent; its answer comes later. */
async function atWork(id: string, name: string, messageId: string): Promise<{ answer: Promise<string> }> {
  const answer = say(id, messageId, 'wait');
  answer.catch(() => undefined);
  await vi.waitFor(() => expect(ledger(name).join()).toContain(messageId), patient);
  return { answer };
}

describe('a restart', () => {
  it('lets work end, keeps the session, and hands out a fresh token', MINUTES, async () => {
    const id = await provisioned('Atlas');
    expect(await say(id, 'm1', 'hello')).toBe('turn 1');
    const [before, token] = [await workspace(id), tokenOf(id)];
    const working = await atWork(id, 'Atlas', 'm2');
    const asked = await begin(id, { reason: 'new model', deadline_seconds: 900 });
    await vi.waitFor(async () => expect((await run(asked)).still_in_flight).toHaveLength(1), patient);
    expect((await workspace(id)).status).toBe('draining');
    const behind = say(id, 'm3', 'hello again');
    writeFileSync(join(desk('Atlas'), 'go'), '');
    const done = await until(asked, 'done');
    expect(steps(done)).toEqual(WHOLE);
    expect(done).toMatchObject({
      signal: { outcome: 'acknowledged' },
      in_flight: [{}],
      unfinished: [],
      boot_id_before: before.boot_id,
      restored: { confirmed: true, session_id: 's2', session_resumed: true, completed_messages: 2 },
      attempts: 1,
    });
    expect(await working.answer).toBe('turn 2');
    expect(await behind).toBe('turn 3');
    const after = await workspace(id);
    expect([after.status, after.run, after.boot_id]).toEqual(['online', null, done.boot_id_after]);
    expect(done.boot_id_after).not.toBe(done.boot_id_before);
    expect(ledger('Atlas')).toHaveLength(3);
    const kept = await ask<SnapshotDetail>('GET', `/snapshots/${done.snapshot_id}`);
    expect(kept).toMatchObject({ session_id: 's2', boot_id: before.boot_id, run_id: done.id });
    expect(tokenOf(id)).not.toBe(token);
    const beat = (bearer: string) =>
      ask('POST', '/registry/heartbeat', { workspace_id: id, active_tasks: 0 }, { authorization: `Bearer ${bearer}` });
    await expect(beat(token)).rejects.toThrow(/^401/);
    await beat(tokenOf(id));
  });

  it('may begin from an older snapshot, and that be undone', MINUTES, async () => {
    const id = await provisioned('Back');
    await say(id, 'm1', 'hello');
    const first = await restarted(id);
    expect(await say(id, 'm2', 'hello')).toBe('turn 2');
    expect(await say(id, 'm3', 'hello')).toBe('turn 3');
    const older = await restarted(id, { restore_snapshot_id: first.snapshot_id });
    expect(older.restored).toMatchObject({ confirmed: true, session_id: 's1', session_resumed: true });
    expect(older.snapshot_id).not.toBe(first.snapshot_id);
    expect((await ask<SnapshotRow[]>('GET', `/workspaces/${id}/snapshots`)).map((row) => row.id)).toContain(older.snapshot_id);
    const undone = await restarted(id, { restore_snapshot_id: older.snapshot_id });
    expect(undone.restored).toMatchObject({ session_id: 's3', session_resumed: true });
    expect(await say(id, 'm4', 'hello')).toBe('turn 4');
    expect(ledger('Back')).toHaveLength(4);
  });

  it('whose process is killed in the middle of its drain goes on, and what was at work comes again', MINUTES, async () => {
    const id = await provisioned('Killed');
    await say(id, 'm1', 'hello');
    const working = await atWork(id, 'Killed', 'm2');
    const asked = await begin(id, { deadline_seconds: null });
    await until(asked, 'draining');
    process.kill(await pidOf(id), 'SIGKILL');
    writeFileSync(join(desk('Killed'), 'go'), '');
    const done = await until(asked, 'done');
    expect(done.steps.find(({ step }) => step === 'drained')?.detail).toEqual({ how: 'process_ended' });
    expect(await working.answer).toMatch(/^turn \d/);
    expect(
      ledger('Killed')
        .filter((line) => line.includes('"m2"'))
        .map((line) => (JSON.parse(line) as { redelivered: string }).redelivered),
    ).toEqual(['0', '1']);
    expect((await runsOf(id)).filter(({ state }) => state !== 'done')).toEqual([]);
  });

  it('that is forced cuts off what is at work, lists it, and brings its message again, marked', MINUTES, async () => {
    const id = await provisioned('Forced');
    const working = await atWork(id, 'Forced', 'm1');
    const asked = await begin(id, { deadline_seconds: null });
    await until(asked, 'draining');
    await ask('POST', `/restarts/${asked}/force`);
    await until(asked, 'done');
    writeFileSync(join(desk('Forced'), 'go'), '');
    expect(await working.answer).toBe('turn 1');
    expect(await run(asked)).toMatchObject({ force: true, unfinished: [{ id: expect.any(String) }], state: 'done' });
    expect(ledger('Forced').map((line) => (JSON.parse(line) as { redelivered: string }).redelivered)).toEqual(['0', '1']);
  });

  it('goes on when the platform is killed in the middle of it', MINUTES, async () => {
    const id = await provisioned('Orphan');
    await atWork(id, 'Orphan', 'm1');
    const asked = await begin(id, { deadline_seconds: null });
    await until(asked, 'draining');
    await platform.kill9();
    platform = await startPlatform({ dataDir: folder, port });
    writeFileSync(join(desk('Orphan'), 'go'), '');
    const done = await until(asked, 'done');
    expect(steps(done)).toEqual(WHOLE);
    expect(ledger('Orphan')).toHaveLength(1);
  });
});

it('a start that fails is tried once more and then waits for a person, with what it said', MINUTES, async () => {
  const id = await provisioned('Broken');
  await ask('PATCH', `/workspaces/${id}`, { config: { ...configOf('Broken'), agent: { kind: 'cmmand' } } });
  const failed = await until(await begin(id), 'failed');
  expect(failed).toMatchObject({ attempts: 2, failure: { step: 'stopped' }, may: { start_again: { label: 'Start again' } } });
  expect(failed.failure?.output).toContain('agent.kind');
  expect(await workspace(id)).toMatchObject({ status: 'failed', cause: 'start_failed' });
  await ask('PATCH', `/workspaces/${id}`, { config: configOf('Broken') });
  const again = await ask<RestartRunDetail>('POST', `/restarts/${failed.id}/start-again`);
  const done = await until(again.id, 'done');
  expect([done.kind, steps(done)]).toEqual(['resume', ['requested', 'started', 'online', 'restored', 'done']]);
  await status(id, 'online');
});

it('a change of settings restarts it, on its own account', MINUTES, async () => {
  const id = await provisioned('Settings');
  const before = await pidOf(id);
  await ask('PATCH', `/workspaces/${id}`, { config: configOf('Settings'), restart: true, wake_on_message: true });
  expect([await runsOf(id), (await workspace(id)).wake_on_message]).toEqual([[], true]);
  await ask('PATCH', `/workspaces/${id}`, { config: { ...configOf('Settings'), interval_seconds: 6 }, restart: true });
  const [begun] = await runsOf(id);
  expect(begun).toMatchObject({ kind: 'restart', origin: 'settings', reason: 'Its settings changed' });
  expect(steps(await until(begun?.id ?? '', 'done'))).toEqual(WHOLE);
  expect(await pidOf(id)).not.toBe(before);
  expect((await workspace(id)).interval_seconds).toBe(6);
});

it('a crash is a run too: its process is started again, and its session is there', MINUTES, async () => {
  const id = await provisioned('Crash');
  await say(id, 'm1', 'hello');
  process.kill(await pidOf(id), 'SIGKILL');
  const [crash] = await vi.waitFor(async () => {
    const runs = await runsOf(id);
    expect(runs).toHaveLength(1);
    return runs;
  }, patient);
  const done = await until(crash?.id ?? '', 'done');
  expect(done).toMatchObject({ origin: 'crash', kind: 'restart', reason: expect.stringContaining('SIGKILL') });
  expect(steps(done)).toEqual(['requested', 'stopped', 'started', 'online', 'restored', 'done']);
  expect(await say(id, 'm2', 'hello')).toBe('turn 2');
});

it('a subtree is paused children first, and resumed parents first', MINUTES, async () => {
  const parent = await provisioned('Parent');
  const child = await provisioned('Child', { parent_id: parent });
  const grandchild = await provisioned('Grandchild', { parent_id: child });
  const family = [grandchild, child, parent];
  await ask('POST', `/workspaces/${parent}/pause`, { reason: 'night' });
  for (const id of family) await status(id, 'paused');
  const newest = async () => {
    const ids = await Promise.all(family.map(async (id) => (await runsOf(id))[0]?.id ?? ''));
    return Promise.all(ids.map((id) => until(id, 'done')));
  };
  const [p0, p1, p2] = (await newest()) as [RestartRunDetail, RestartRunDetail, RestartRunDetail];
  expect(new Set([p0.group_id, p1.group_id, p2.group_id]).size).toBe(1);
  expect([at(p1, 'signalled') >= at(p0, 'done'), at(p2, 'signalled') >= at(p1, 'done')]).toEqual([true, true]);
  expect(steps(p2).slice(-2)).toEqual(['stopped', 'done']);
  await expect(begin(parent)).rejects.toThrow(/^409 .*Resume it/);
  await ask('POST', `/workspaces/${parent}/resume`, {});
  for (const id of family) await status(id, 'online');
  const [r0, r1, r2] = (await newest()) as [RestartRunDetail, RestartRunDetail, RestartRunDetail];
  expect([at(r1, 'started') >= at(r2, 'done'), at(r0, 'started') >= at(r1, 'done')]).toEqual([true, true]);
});
