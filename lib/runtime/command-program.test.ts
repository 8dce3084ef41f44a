import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
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
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'tool'), '#!/bin/sh\ncat\n');
});
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL');
    await ended;
  }
  await platform.close();
});

function start(more: string[], environment: Record<string, string> = {}): Started {
  const flags = ['--platform', platform.url, '--id', 'ws-1', '--folder', join(folder, 'own'), ...more];
  const started = startProgram(program, flags, environment);
  running.push(started);
  return started;
}

const configured = (agent: object): string[] => {
  writeFileSync(join(folder, 'agent.json'), JSON.stringify({ agent: { kind: 'command', ...agent } }));
  return ['--config', join(folder, 'agent.json')];
};

test.each([
  [
    'behind --, by path',
    () => ['--', '/no/such/bin'],
    'agent.command: there is no program "/no/such/bin": install it, or correct the path',
  ],
  ['a folder', () => ['--', tmpdir()], `agent.command: there is no program "${tmpdir()}"`],
  [
    'by name',
    () => ['--', 'canvas-no-such'],
    'agent.command: the program "canvas-no-such" is in no folder of PATH: install it, or give its full path',
  ],
  ['a preset', () => ['--', 'claude'], 'agent.preset: the program "claude" is in no folder of PATH: install it'],
  ['configured', () => configured({ command: ['/no/such/bin'] }), 'agent.command: there is no program "/no/such/bin"'],
  ['to resume', () => configured({ command: ['sh'], resume: ['/no/such/resume'] }), 'agent.resume: there is no program "/no/such/resume"'],
  ['relative to cwd', () => configured({ command: ['./tool'], cwd: folder }), 'there is no program "./tool" ('],
  ['not executable', () => configured({ command: [join(folder, 'bin', 'tool')] }), 'may not be executed: run "chmod +x '],
  [
    'no cwd',
    () => configured({ command: ['sh'], cwd: '/no/such/folder' }),
    'agent.cwd: there is no folder "/no/such/folder" for the program to run in: make it, or correct the path',
  ],
  ['cwd is a file', () => configured({ command: ['sh'], cwd: join(folder, 'bin', 'tool') }), 'agent.cwd: there is no folder'],
])('a program that cannot be started (%s) ends the start with 2, before Canvas hears of it', async (_name, args, sentence) => {
  const { ended, output } = start(args(), { PATH: '/usr/bin:/bin' });
  expect((await ended).code).toBe(2);
  expect(output()).toContain(`canvas-workspace: `);
  expect(output()).toContain(sentence);
  expect(output()).not.toContain('    at ');
  expect(platform.seen).toEqual([]);
});

test.each([
  ['by name', () => configured({ command: ['tool'] })],
  ['relative to cwd', () => configured({ command: ['./tool'], cwd: join(folder, 'bin') })],
  ['by path', () => ['--', join(folder, 'bin', 'tool')]],
])('a program that is there (%s) is started', async (_name, args) => {
  chmodSync(join(folder, 'bin', 'tool'), 0o755);
  start(args(), { PATH: `/usr/bin:/bin:${join(folder, 'bin')}` });
  await platform.beat();
});
