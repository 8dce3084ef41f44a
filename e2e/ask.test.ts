import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { QueuePage } from '#lib/contract/messages.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { operator } from './python-cast.ts';
import { freePort, type RunningPlatform, startPlatform } from './running-platform.ts';

const PROGRAM = resolve(import.meta.dirname, '..', 'dist', 'workspace.js');
const SOON = { timeout: 60_000 };
let ground: string;
let port: number;
let platform: RunningPlatform;
let lead: Member;
let indexer: Member;
const asOperator = <T = unknown>(method: string, path: string, body?: unknown): Promise<T> => operator<T>(platform, method, path, body);
/** The agents listen on this machine, also when the test itself runs in a container. */
const start = () => startPlatform({ dataDir: ground, port, settings: { CANVAS_IN_CONTAINER: '0' } });

/** One of the sample team, started by hand and much quicker than for people: the lead asks the indexer for each report. */
class Member {
  readonly id: string;
  readonly folder: string;
  #process: ChildProcess | null = null;

  private constructor(id: string, folder: string) {
    this.id = id;
    this.folder = folder;
  }

  static async make(role: string, docs: string): Promise<Member> {
    const { id } = await asOperator<{ id: string }>('POST', '/workspaces', { name: role });
    const { auth_token } = await asOperator<{ auth_token: string }>('POST', `/workspaces/${id}/tokens`, {});
    const member = new Member(id, join(ground, role));
    await mkdir(member.folder, { mode: 0o700 });
    await writeFile(join(member.folder, '.auth_token'), auth_token, { mode: 0o600 });
    const agent = { kind: 'sample', role, docs, pace: 0.05 };
    const config = { platform_url: platform.url, workspace_id: id, interval_seconds: 5, agent };
    await writeFile(join(member.folder, 'workspace.json'), JSON.stringify(config));
    return member;
  }

  up(): void {
    const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: ground, NODE_ENV: 'production' as const };
    this.#process = spawn(process.execPath, [PROGRAM, '--config', join(this.folder, 'workspace.json')], { env, stdio: 'ignore' });
  }

  async down(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  detail(): Promise<WorkspaceDetail> {
    return asOperator('GET', `/workspaces/${this.id}`);
  }

  queue(): Promise<QueuePage> {
    return asOperator('GET', `/workspaces/${this.id}/a2a/queue?state=all&limit=500`);
  }
}

const members: Member[] = [];
beforeAll(async () => {
  ground = await mkdtemp(join(tmpdir(), 'canvas-ask-'));
  port = await freePort();
  platform = await start();
  const docs = join(ground, 'docs');
  await mkdir(docs);
  await writeFile(join(docs, 'page.md'), '# Page\n\nThe heartbeat goes on.\n');
  for (const role of ['indexer', 'writer', 'lead']) members.push(await Member.make(role, docs));
  [indexer, , lead] = members as [Member, Member, Member];
  for (const member of members) {
    member.up();
    await vi.waitFor(async () => expect((await member.detail()).status).toBe('online'), SOON);
  }
}, 120_000);
afterAll(async () => {
  for (const member of members) await member.down('SIGKILL');
  await platform.stop();
  await rm(ground, { recursive: true, force: true });
});

/** How many reports the lead has made: each needs an answer of the indexer. */
async function reports(): Promise<number> {
  const text = await readFile(join(lead.folder, 'report.md'), 'utf8').catch(() => '');
  return Number(/^# Report (\d+)/.exec(text)?.[1] ?? 0);
}

/** Drains the indexer, and resolves once a question of the lead waits for it. */
async function drained(): Promise<{ run: string; made: number }> {
  const { id: run } = await asOperator<RestartRunDetail>('POST', `/workspaces/${indexer.id}/restart`, { deadline_seconds: null });
  await expect.poll(() => asOperator('GET', `/restarts/${run}`), SOON).toMatchObject({ state: 'snapshot_saved' });
  await expect
    .poll(async () => (await indexer.queue()).items.filter(({ state }) => state === 'waiting'), SOON)
    .toMatchObject([{ sender_id: lead.id, sender_name: 'lead', summary: 'index' }]);
  return { run, made: await reports() };
}

async function backAgain({ run, made }: { run: string; made: number }): Promise<void> {
  await indexer.down();
  indexer.up();
  await expect
    .poll(() => asOperator('GET', `/restarts/${run}`), SOON)
    .toMatchObject({ state: 'done', queue: { waiting: 0, delivered: 1, failed: 0 } });
  await expect.poll(reports, SOON).toBeGreaterThan(made + 1);
}

async function noFailure(): Promise<void> {
  expect(await lead.detail()).toMatchObject({ status: 'online', last_error_rate: 0, last_sample_error: '' });
  const toIndexer = (await indexer.queue()).items.filter(({ sender_id }) => sender_id === lead.id);
  expect(toIndexer.length).toBeGreaterThan(1);
  expect(toIndexer.filter(({ state }) => state !== 'answered' && state !== 'delivering' && state !== 'waiting')).toEqual([]);
}

test('a workspace that asks another one does not notice that it is restarted', async () => {
  await expect.poll(reports, SOON).toBeGreaterThan(0);
  await backAgain(await drained());
  await noFailure();
}, 180_000);

test('nor that the platform is killed while the question waits', async () => {
  const waiting = await drained();
  await platform.kill9();
  platform = await start();
  expect((await indexer.queue()).waiting).toBe(1);
  await backAgain(waiting);
  await noFailure();
}, 180_000);

test('nor that the other one is killed', async () => {
  const made = await reports();
  await indexer.down('SIGKILL');
  indexer.up();
  await expect.poll(reports, SOON).toBeGreaterThan(made + 2);
  await noFailure();
}, 180_000);
