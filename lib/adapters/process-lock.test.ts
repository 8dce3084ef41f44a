import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireProcessLock } from './process-lock.ts';

let folder: string;
let file: string;
let contenders: Contender[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-lock-'));
  file = join(folder, 'provisioner.lock');
  contenders = [];
});
afterEach(async () => {
  await Promise.all(contenders.map(kill9));
  rmSync(folder, { recursive: true, force: true });
});

test('a second owner is refused by name, and welcome after the first released it', async () => {
  const release = await acquireProcessLock(file, 0);
  await expect(acquireProcessLock(file, 0)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`pid ${process.pid}`),
  });
  release();
  expect(existsSync(file)).toBe(false);
  (await acquireProcessLock(file, 0))();
  expect(readdirSync(folder)).toEqual([]);
});

test('whoever waits gets it when the owner is killed', async () => {
  const owner = await contend(0);
  expect(await owner.go()).toBe('got');
  const waiting = acquireProcessLock(file, 60_000);
  await kill9(owner);
  (await waiting)();
});

test('a lock whose pid was given to another process is nobody’s', async () => {
  writeFileSync(file, JSON.stringify({ nonce: 'old', pid: process.pid, started: 'an earlier boot' }));
  (await acquireProcessLock(file, 0))();
});

test('an unreadable lock is nobody’s', async () => {
  writeFileSync(file, '{"nonce":');
  (await acquireProcessLock(file, 0))();
});

test('an heir that died half-way is inherited from', async () => {
  writeFileSync(file, JSON.stringify({ nonce: 'first', pid: 0, started: '' }));
  writeFileSync(`${file}.after-first`, JSON.stringify({ nonce: 'second', pid: 0, started: '' }));
  const release = await acquireProcessLock(file, 0);
  expect(JSON.parse(readFileSync(file, 'utf8')).pid).toBe(process.pid);
  release();
  expect(readdirSync(folder)).toEqual([]);
});

test('of many that inherit at once, one wins', async () => {
  const all = await Promise.all(Array.from({ length: 5 }, () => contend(0)));
  writeFileSync(file, JSON.stringify({ nonce: 'dead', pid: 0, started: '' }));
  const answers = await Promise.all(all.map((contender) => contender.go()));
  expect(answers.filter((answer) => answer === 'got')).toHaveLength(1);
});

interface Contender {
  child: ChildProcess;
  go(): Promise<string>;
}

async function contend(waitMs: number): Promise<Contender> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'test-lock-contender.ts'), file, String(waitMs)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  await once(lines, 'line');
  const contender: Contender = {
    child,
    async go() {
      const answer = once(lines, 'line');
      child.stdin.write('go\n');
      return String((await answer)[0]);
    },
  };
  contenders.push(contender);
  return contender;
}

async function kill9({ child }: Contender): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
