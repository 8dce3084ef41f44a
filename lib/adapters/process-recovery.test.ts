import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Provisioner, ProvisionerEvent, StartSpec } from '#lib/ports/provisioner.ts';
import type { SavedState } from './process-folder.ts';
import { backoffMs } from './process-policy.ts';
import { createProcessProvisioner, type ProcessProvisionerOptions } from './process-provisioner.ts';
import { listProcesses, readProcess } from './process-table.ts';

const IDS = ['w0', 'w1', 'w2', 'w3', 'w4', 'w5'];
let dataDir: string;
let opened: Provisioner[];
let events: ProvisionerEvent[];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'canvas-recovery-'));
  opened = [];
  events = [];
});
afterEach(async () => {
  for (const provisioner of opened) await provisioner.close('stop');
  const left = await living();
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
  expect(left).toEqual([]);
});

test('a platform killed with -9 at any moment loses none and leaves none', async () => {
  let seed = 20_260_801;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((seed / 2 ** 31) * below);
  };
  for (let round = 0; round < 6; round++) {
    const parent = superviseElsewhere();
    const running = new Map<string, number>();
    parent.stdin.on('error', () => {}); // It may be gone before it is told to go on.
    const lines = createInterface({ input: parent.stdout });
    lines.on('line', (line) => {
      const said = JSON.parse(line) as { what: string; id: string; pid: number };
      if (said.what === 'started') running.set(said.id, said.pid);
      else running.delete(said.id);
      parent.stdin.write('go on\n');
    });
    await once(lines, 'line');
    await delay(random(150));
    const ended = once(parent, 'exit');
    const drained = once(lines, 'close');
    parent.kill('SIGKILL');
    await Promise.all([ended, drained]);

    const provisioner = open();
    const found = await provisioner.recover(IDS);
    const alive = await living();
    for (const id of IDS) expect(alive.filter((row) => row.id === id).length, `${id} in round ${round}`).toBeLessThanOrEqual(1);
    for (const [id, pid] of running)
      expect(
        found.find((instance) => instance.workspace_id === id),
        `${id} in round ${round}`,
      ).toMatchObject({ state: 'running', pid });
    const supervised = found.flatMap(({ pid }) => (pid === null ? [] : [pid]));
    expect(alive.map((row) => row.pid).filter((pid) => !supervised.includes(pid))).toEqual([]);
    await provisioner.close('stop');
    expect(await living()).toEqual([]);
  }
}, 60_000);

test('what a dead platform started goes on writing its log', async () => {
  const parent = superviseElsewhere();
  await once(createInterface({ input: parent.stdout }), 'line');
  const ended = once(parent, 'exit');
  parent.kill('SIGKILL');
  await ended;
  const provisioner = open();
  await provisioner.recover(IDS);
  const { url } = await provisioner.start(spec('w0'));
  await fetch(`${url}/say/still-here`);
  expect(await provisioner.log('w0', 1)).toEqual(['still-here']);
});

test('killed between the spawn and the note of its pid, it is found by its nonce', async () => {
  const before = await leftRunning();
  changeState({ phase: 'starting', pid: null, started: null });
  expect(await open().recover(['w0'])).toMatchObject([{ state: 'running', pid: before.pid }]);
});

test('without a readable note it is found by its mark', async () => {
  const before = await leftRunning();
  writeFileSync(stateFile(), '{"schema":');
  expect(await open().recover(['w0'])).toMatchObject([{ state: 'running', pid: before.pid, url: before.url }]);
});

test('a stranger with the noted pid is neither taken for it nor touched', async () => {
  const before = await leftRunning();
  process.kill(before.pid, 'SIGKILL');
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
  try {
    changeState({ pid: stranger.pid ?? 0, started: (await readProcess(stranger.pid ?? 0))?.started ?? '' });
    const provisioner = open();
    expect(await provisioner.recover(['w0'])).toMatchObject([{ state: 'ended', pid: null }]);
    expect(events).toMatchObject([{ type: 'ended', expected: false, restarting: true }]);
    await provisioner.kill('w0');
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    const gone = once(stranger, 'exit');
    stranger.kill('SIGKILL');
    await gone;
  }
});

test('a second process for one workspace is ended', async () => {
  const before = await leftRunning();
  const copy = spawn(process.execPath, [standIn, '--config', join(dataDir, 'workspaces/w0/workspace.json'), '--instance', 'f'.repeat(32)], {
    detached: true,
    stdio: 'ignore',
  });
  const ended = once(copy, 'exit');
  await expect.poll(async () => (await living()).length).toBe(2);
  expect(await open().recover(['w0'])).toMatchObject([{ state: 'running', pid: before.pid }]);
  await ended;
  expect((await living()).map((row) => row.pid)).toEqual([before.pid]);
});

test('an address where another program answers is not handed out', async () => {
  const before = await leftRunning();
  const other = await open({ dataDir: join(dataDir, 'other') }).start(spec('x'));
  const file = join(dataDir, 'workspaces/w0/runtime.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), url: other.url }));
  expect(await open().recover(['w0'])).toMatchObject([{ state: 'running', pid: before.pid, url: null }]);
});

test('a stop that the platform did not live to see is carried out, and a start begins anew', async () => {
  const before = await leftRunning();
  changeState({ phase: 'stopping' });
  const provisioner = open();
  expect(await provisioner.recover(['w0'])).toMatchObject([{ state: 'stopped', pid: null }]);
  expect(events).toMatchObject([{ type: 'ended', expected: true, restarting: false }]);
  const after = await provisioner.start(spec('w0'));
  expect(after).toMatchObject({ state: 'running' });
  expect(after.pid).not.toBe(before.pid);
});

test('two platforms on one data folder: the second is refused, and touches nothing', async () => {
  const first = open();
  const { pid } = await first.start(spec('w0'));
  const second = open();
  await expect(second.recover([])).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('CANVAS_DATA_DIR') });
  await expect(second.start(spec('w0'))).rejects.toMatchObject({ code: 'conflict' });
  expect((await living()).map((row) => row.pid)).toEqual([pid]);
});

test('nothing secret is in its arguments or its environment, and its files are for their owner alone', async () => {
  const provisioner = open({
    environment: {
      ...process.env,
      DATABASE_URL: 'postgres://u:hidden-1@h/d',
      CANVAS_SECRET: 'hidden-2',
      NODE_OPTIONS: '--no-warnings',
      LC_ALL: 'C',
      ALLOWED: 'visible',
    },
    environmentNames: ['ALLOWED'],
  });
  const { pid } = await provisioner.start(spec('w0'));
  const shown = [(await readProcess(pid ?? 0))?.command ?? ''];
  if (process.platform === 'linux') shown.push(readFileSync(`/proc/${pid}/environ`, 'utf8'));
  expect(shown.join('\n')).not.toMatch(/hidden-|test-token|test-secret|NODE_OPTIONS/);
  if (process.platform === 'linux') expect(shown.join('\n')).toMatch(/ALLOWED=visible/);
  const folder = join(dataDir, 'workspaces/w0');
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of ['.auth_token', '.inbound_secret', 'workspace.json', 'workspace.log', 'supervisor.json'])
    expect(statSync(join(folder, name)).mode & 0o777, name).toBe(0o600);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('the log of a running process is rotated, and the process goes on', async () => {
  const provisioner = open({ logLimits: { maxBytes: 2000, files: 3 } });
  const { url } = await provisioner.start(spec('w0'));
  const rotated = (): boolean => readdirSync(join(dataDir, 'workspaces/w0')).includes('workspace.log.2');
  const remembers = async (): Promise<boolean> => (await provisioner.log('w0', 1000)).includes('hello from w0');
  for (let line = 0; !rotated() || (await remembers()); line++) await fetch(`${url}/say/${line}-${'.'.repeat(200)}`);
  expect(readdirSync(join(dataDir, 'workspaces/w0')).filter((name) => name.startsWith('workspace.log'))).toHaveLength(3);
  await fetch(`${url}/say/the-end`);
  expect((await provisioner.log('w0', 2)).at(-1)).toBe('the-end');
});

test('a program that is not there and a folder that cannot be written are told as what they are', async () => {
  const missing = open({ command: ['/no/such/program'] });
  await expect(missing.start(spec('w0'))).rejects.toMatchObject({
    code: 'upstream_failed',
    message: expect.stringMatching(/could not be started.*\/no\/such\/program ENOENT/s),
  });
  writeFileSync(join(dataDir, 'workspaces/w1'), 'in the way');
  await expect(missing.start(spec('w1'))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('cannot be written'),
  });
});

test('pauses double up to the longest, within a fifth', () => {
  const backoff = { baseMs: 1000, maxMs: 6000 };
  for (const [restarts, ms] of [
    [0, 1000],
    [1, 2000],
    [2, 4000],
    [3, 6000],
    [9, 6000],
  ] as const) {
    for (let take = 0; take < 50; take++) expect(Math.abs(backoffMs(backoff, restarts) / ms - 1)).toBeLessThanOrEqual(0.2);
  }
});

const standIn = join(import.meta.dirname, 'test-runtime.js');

function open(more: Partial<ProcessProvisionerOptions> = {}): Provisioner {
  const provisioner = createProcessProvisioner({
    dataDir,
    command: [process.execPath, standIn],
    environment: process.env,
    log: () => undefined,
    stopDeadlineMs: 2000,
    backoff: { baseMs: 50, maxMs: 100 },
    pollMs: 50,
    lockWaitMs: 0,
    ...more,
  });
  provisioner.subscribe((event) => events.push(event));
  opened.push(provisioner);
  return provisioner;
}

function spec(id: string): StartSpec {
  return {
    workspace_id: id,
    name: id,
    config: { behaviour: 'well' },
    auth_token: 'test-token',
    inbound_secret: 'test-secret',
    platform_url: 'http://127.0.0.1:9',
  };
}

/** Starts w0 and lets its platform go. */
async function leftRunning(): Promise<{ pid: number; url: string | null }> {
  const provisioner = open();
  const { pid, url } = await provisioner.start(spec('w0'));
  await expect.poll(() => (JSON.parse(readFileSync(stateFile(), 'utf8')) as SavedState).started).not.toBeNull();
  await provisioner.close('leave');
  events.length = 0;
  return { pid: pid ?? 0, url };
}

function stateFile(): string {
  return join(dataDir, 'workspaces/w0/supervisor.json');
}

function changeState(change: Partial<SavedState>): void {
  writeFileSync(stateFile(), JSON.stringify({ ...JSON.parse(readFileSync(stateFile(), 'utf8')), ...change }));
}

function superviseElsewhere(): ChildProcess & { stdin: NonNullable<ChildProcess['stdin']>; stdout: NonNullable<ChildProcess['stdout']> } {
  mkdirSync(dataDir, { recursive: true });
  const script = join(import.meta.dirname, 'test-supervising-parent.ts');
  return spawn(process.execPath, ['--import', 'tsx', script, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
}

async function living(): Promise<{ id: string; pid: number }[]> {
  const rows = await listProcesses();
  return rows.flatMap((row) => {
    const id = new RegExp(` --config ${dataDir}.*/([^/]+)/workspace\\.json `).exec(row.command)?.[1];
    return id && !row.zombie && row.pgid === row.pid ? [{ id, pid: row.pid }] : [];
  });
}
