import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { bundleRuntime, type Started, startProgram } from '#lib/runtime/test-bundle.ts';
import { testFolders } from '#lib/runtime/test-folder.ts';
import { send } from '#lib/runtime/test-http.ts';
import { TestPlatform } from '#lib/runtime/test-platform.ts';

const newFolder = testFolders();
let bundle: string;
let program: string;
let platform: TestPlatform;
let running: Started[];
beforeAll(() => {
  bundle = mkdtempSync(join(tmpdir(), 'canvas-mcp-'));
  program = bundleRuntime(bundle);
});
afterAll(() => rmSync(bundle, { recursive: true, force: true }));
beforeEach(async () => {
  platform = await TestPlatform.start();
  running = [];
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  await platform.close();
});

/** A runtime whose program was copied without the file for MCP. */
async function alone() {
  const folder = newFolder();
  const copied = join(folder, 'workspace.mjs');
  copyFileSync(program, copied);
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const agent = { kind: 'http', url: 'http://127.0.0.1:9' };
  writeFileSync(join(folder, 'w.json'), JSON.stringify({ platform_url: platform.url, workspace_id: 'ws-1', folder, agent }));
  const started = startProgram(copied, ['--config', join(folder, 'w.json')]);
  running.push(started);
  await platform.beat();
  const { url } = JSON.parse(readFileSync(join(folder, 'runtime.json'), 'utf8')) as { url: string };
  const ask = (path: string, headers: Record<string, string> = {}) => send(`${url}${path}`, { method: 'DELETE', headers });
  const repair = () => copyFileSync(join(dirname(program), 'workspace-mcp.js'), join(folder, 'workspace-mcp.js'));
  return { started, ask, repair };
}

test('a runtime without the file for MCP says so to who may ask, and ends as always', async () => {
  const { started, ask } = await alone();
  expect((await ask('/mcp', { origin: 'http://evil.example' })).status).toBe(403);
  expect((await ask('/mcp/state')).status).toBe(401);
  for (let times = 0; times < 2; times += 1) {
    const { status, text } = await ask('/mcp');
    expect([status, text]).toEqual([503, expect.stringContaining('workspace-mcp.js is not beside this program')]);
  }
  expect((await ask('/mcp/state', { authorization: 'Bearer inbound-one' })).status).toBe(503);
  started.child.kill('SIGTERM');
  expect(await started.ended).toEqual({ code: 0, signal: null });
  expect(platform.beats.at(-1)).toMatchObject({ active_tasks: 0 });
});

test('it lends tools as soon as the file is there', async () => {
  const { ask, repair } = await alone();
  expect((await ask('/mcp')).status).toBe(503);
  repair();
  expect((await ask('/mcp', { 'mcp-session-id': 'x' })).status).toBe(404);
});
