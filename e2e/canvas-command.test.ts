import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { CreatedApiToken } from '#lib/contract/api-tokens.ts';
import type { BulkPreview, BulkRestartDetail } from '#lib/contract/bulk-restarts.ts';
import type { RestartRunDetail } from '#lib/contract/restarts.ts';
import type { WorkspaceDetail } from '#lib/contract/workspaces.ts';
import { freePort, type RunningPlatform, startPlatform } from './running-platform.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const MINUTES = 5 * 60_000;

let folder: string;
let port: number;
let platform: RunningPlatform;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-command-'));
  port = await freePort();
  platform = await startPlatform({ dataDir: folder, port });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${platform.url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

/** Started here, and beating. */
async function provisioned(name: string): Promise<string> {
  const config = { interval_seconds: 5, agent: { kind: 'command', command: ['true'] } };
  const { id } = await ask<{ id: string }>('POST', '/workspaces', { name, provisioner: 'process', config });
  await online(id);
  return id;
}

const workspace = (id: string) => ask<WorkspaceDetail>('GET', `/workspaces/${id}`);
const online = (id: string) =>
  vi.waitFor(async () => expect((await workspace(id)).status).toBe('online'), { timeout: 60_000, interval: 100 });

/** As a person types it, with nothing of our environment but the search path. */
async function canvas(args: string[], environment: Record<string, string> = {}) {
  const child = spawn('npm', ['run', 'canvas', '--silent', '--', ...args], {
    cwd: PROJECT,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder, CANVAS_URL: platform.url, ...environment } as unknown as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...said };
}

describe('npm run canvas', () => {
  it('restarts a workspace, says each step, and the workspace is another process afterwards', { timeout: MINUTES }, async () => {
    const id = await provisioned('Atlas');
    const before = await workspace(id);
    const ran = await canvas(['restart', 'atl', '--reason', 'new model', '--wait']);
    expect(ran, ran.err).toMatchObject({ code: 0, err: '' });
    expect(ran.out).toMatch(/^Restart of Atlas: \S+\n(\d\d:\d\d:\d\d {2}\S.*\n){4,}Done in .*\.\n$/);
    const after = await workspace(id);
    expect([after.status, after.boot_id === before.boot_id]).toEqual(['online', false]);
    const { items } = await ask<{ items: RestartRunDetail[] }>('GET', `/workspaces/${id}/restarts`);
    expect(items[0]).toMatchObject({ state: 'done', reason: 'new model', origin: 'request' });
    const status = await canvas(['status', 'Atlas', '--json']);
    expect([status.code, (JSON.parse(status.out) as WorkspaceDetail).boot_id]).toEqual([0, after.boot_id]);
  });

  it('prints no more than it was asked for, and takes an API token', { timeout: MINUTES }, async () => {
    const { api_token } = await ask<CreatedApiToken>('POST', '/api-tokens', { name: 'test' });
    const all = await canvas(['status', '--json'], { CANVAS_TOKEN: api_token });
    expect([all.code, all.err, Array.isArray(JSON.parse(all.out))]).toEqual([0, '', true]);
    const refused = await canvas(['status'], { CANVAS_TOKEN: `${api_token}x` });
    expect([refused.code, refused.out]).toEqual([3, '']);
  });
});

describe('a bulk restart', () => {
  it('goes on after the platform was killed in the middle, and restarts everybody once', { timeout: MINUTES }, async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, at) => provisioned(`Bulk ${at}`)));
    const { id: foreign } = await ask<{ id: string }>('POST', '/workspaces', { name: 'Bulk foreign' });
    const preview = await ask<BulkPreview>('POST', '/bulk-restarts/preview', { filter: 'name:bulk' });
    expect([preview.restarting, preview.skipped, preview.items.at(-1)?.workspace_id]).toEqual([5, 1, foreign]);
    const set = preview.items.map(({ workspace_id }) => workspace_id);
    const { id } = await ask<BulkRestartDetail>('POST', '/bulk-restarts', { ids: set, concurrency: 2 });
    const bulk = () => ask<BulkRestartDetail>('GET', `/bulk-restarts/${id}`);
    await vi.waitFor(async () => expect((await bulk()).counts.done).toBeGreaterThan(0), { timeout: 60_000, interval: 20 });
    await platform.kill9();
    platform = await startPlatform({ dataDir: folder, port });
    await vi.waitFor(async () => expect((await bulk()).state).toBe('done'), { timeout: 120_000, interval: 200 });
    expect((await bulk()).counts).toEqual({ pending: 0, running: 0, done: 5, failed: 0, cancelled: 0, skipped: 1 });
    for (const one of ids) {
      const { items } = await ask<{ items: RestartRunDetail[] }>('GET', `/workspaces/${one}/restarts`);
      expect(items.filter(({ bulk_id }) => bulk_id === id)).toHaveLength(1);
      await online(one);
    }
  });
});
