import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { processStart } from './process-start.ts';
import { bundleRuntime, type Started, startProgram } from './test-bundle.ts';
import { testFolders } from './test-folder.ts';
import { TestPlatform } from './test-platform.ts';

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
});

function start(file = program): Started {
  const flags = ['--platform', platform.url, '--id', 'ws-1', '--folder', folder, '--', process.execPath, '-e', ''];
  const started = startProgram(file, flags);
  running.push(started);
  return started;
}
const boots = () => new Set(platform.beats.map((beat) => beat.boot_id));
const locks = () => readdirSync(folder).filter((name) => /lock|draft/.test(name));

test('the same line in a second terminal is refused with 2 and the pid of the first, which goes on', async () => {
  const first = start();
  const { boot_id } = await platform.beat();
  const second = start();
  expect((await second.ended).code).toBe(2);
  expect(second.output()).toContain(
    `canvas-workspace: folder: another runtime (pid ${first.child.pid}) already runs workspace ws-1 in ${folder}: end that one first ("kill ${first.child.pid}")`,
  );
  expect(first.child.exitCode).toBeNull();
  expect([...boots()]).toEqual([boot_id]);
  expect(JSON.parse(readFileSync(join(folder, 'runtime.json'), 'utf8'))).toMatchObject({ pid: first.child.pid, boot_id });
  expect(platform.seen.filter((request) => request.path === '/registry/register')).toHaveLength(1);
});

test('a stopped one (Ctrl-Z) still holds its folder', async () => {
  const first = start();
  await platform.beat();
  first.child.kill('SIGSTOP');
  expect((await start().ended).code).toBe(2);
});

test.each(['SIGKILL', 'SIGTERM'] as const)('after %s the next one starts at once, time and again, and leaves one lock', async (signal) => {
  for (let round = 0; round < 3; round += 1) {
    const one = start();
    await platform.until(() => boots().size === round + 1);
    one.child.kill(signal);
    await one.ended;
  }
  expect(locks()).toEqual(['runtime.lock.3']);
});

test('whoever starts while the holder is just ending gets its place', async () => {
  const first = start();
  await platform.beat();
  const second = start();
  await until(() => locks().some((name) => name.startsWith('runtime.draft.')));
  first.child.kill('SIGTERM');
  await platform.until(() => boots().size === 2);
  expect(second.child.exitCode).toBeNull();
});

test.each([
  ['of a pid that was given to a stranger', () => JSON.stringify({ pid: process.pid, started: 'an earlier boot' })],
  ['of a pid that is no more', () => JSON.stringify({ pid: 4_194_999, started: 'x' })],
  ['that was cut off by a power cut', () => '{"pid":'],
  ['that is empty', () => ''],
])('a lock %s blocks nobody', async (_name, text) => {
  writeFileSync(join(folder, 'runtime.lock.7'), text());
  start();
  await platform.beat();
  expect(locks()).toEqual(['runtime.lock.8']);
});

test('of several that start at once over a dead lock, one wins', async () => {
  writeFileSync(join(folder, 'runtime.lock.1'), '{}');
  const all = Array.from({ length: 4 }, () => start());
  await platform.beat();
  const codes: (number | null)[] = [];
  for (const one of all) void one.ended.then(({ code }) => codes.push(code));
  await until(() => codes.length >= 3);
  expect(codes).toEqual([2, 2, 2]);
  expect(boots().size).toBe(1);
});

test.each(process.platform === 'linux' ? (['proc', 'ps'] as const) : (['ps'] as const))(
  '%s tells a living process from one that has ended',
  async (source) => {
    const { child, ended, printed } = start();
    await printed('Listening at');
    const pid = child.pid ?? 0;
    expect(await processStart(pid, source)).toMatch(/\d/);
    child.kill('SIGKILL');
    await ended;
    expect(await processStart(pid, source)).toBeNull();
  },
);

async function until(look: () => boolean): Promise<void> {
  await expect.poll(look, { timeout: 15_000, interval: 5 }).toBe(true);
}
