import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type NpmCommand, npmRun } from './npm-command.ts';

let dataDir: string;
let command: NpmCommand | undefined;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'canvas-start-'));
});

afterEach(async () => {
  for (const line of command?.processes() ?? []) process.kill(Number(line.trim().split(/\s+/)[0]), 'SIGKILL');
  await command?.ended;
  command = undefined;
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

/** Six workspaces and their lead's page: the sample team has beaten. */
async function teamIsUp(address: string): Promise<void> {
  await vi.waitFor(
    async () => {
      const rows = (await (await fetch(`${address}/workspaces`)).json()) as { last_heartbeat_at: unknown }[];
      expect(rows.filter((row) => row.last_heartbeat_at !== null).length).toBeGreaterThanOrEqual(6);
    },
    { timeout: 30_000, interval: 100 },
  );
}

it('starts when everything is built, with a page that answers', { timeout: 180_000 }, async () => {
  command = npmRun('start', dataDir);
  const page = await fetch(await command.address());
  expect(page.status).toBe(200);
  command.child.kill('SIGTERM');
  await vi.waitFor(() => expect(command?.processes()).toEqual([]), { timeout: 10_000 });
});

it.each([
  ['SIGTERM to npm', (npm: NpmCommand) => npm.child.kill('SIGTERM')],
  ['Ctrl-C', (npm: NpmCommand) => process.kill(-(npm.child.pid ?? 0), 'SIGINT')],
])('leaves nothing behind after %s: no server, no shell, no workspace', { timeout: 180_000 }, async (_name, end) => {
  command = npmRun('demo', dataDir);
  await teamIsUp(await command.address());
  expect(command.processes().filter((line) => line.includes('workspace.js')).length).toBeGreaterThanOrEqual(6);
  end(command);
  await vi.waitFor(() => expect(command?.processes()).toEqual([]), { timeout: 20_000, interval: 100 });
});

it('names a port that is taken, and what to do, before it does anything else', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  command = npmRun('start', dataDir, { PORT: String(port) });
  expect(await command.ended).toBe(1);
  expect(command.output()).toContain(`Port ${port} on 127.0.0.1 is taken by another program`);
  expect(command.output()).not.toContain('…');
  taken.close();
});

it('names an old Node and the way to a newer one', async () => {
  const old = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'18.1.0'})`;
  command = npmRun('start', dataDir, { NODE_OPTIONS: `--import "${old}"` });
  expect(await command.ended).toBe(1);
  expect(command.output()).toContain('Canvas needs Node 20.9 or newer; this is Node 18.1.0');
});
