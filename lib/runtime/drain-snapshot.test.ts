import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { AgentState } from './agent.ts';
import { testFolders } from './test-folder.ts';
import { testRuntimes } from './test-runtime.ts';

const SNAPSHOT = '.agent_snapshot.json';
const open = testRuntimes();
const newFolder = testFolders();

test.each([
  ['was cancelled brings nothing back', true, []],
  ['was not cancelled brings back what it kept', false, [{ notes: 1 }]],
] as const)('a crash after a drain that %s', async (_name, isCancelled, expected) => {
  const { folder, platform, signal, cancel, say } = await open({ preStopState: () => ({ notes: 1 }) });
  await say('hello', 'm1');
  await signal('run-1', 60);
  await platform.until(() => platform.snapshots[0]);
  expect(existsSync(join(folder, SNAPSHOT))).toBe(true);
  if (isCancelled) {
    await cancel('run-1');
    await expect.poll(() => existsSync(join(folder, SNAPSHOT)), { timeout: 15_000 }).toBe(false);
    await say('what came after it', 'm2');
  }
  // What a killed process leaves behind is its folder as it is now.
  const left = newFolder();
  cpSync(folder, left, { recursive: true });
  const restored: unknown[] = [];
  const restoreState = ({ notes }: AgentState) => void restored.push({ notes });
  await open({ restoreState }, {}, { folder: left });
  expect(restored).toEqual(expected);
});

test('a drain that is cancelled while the agent says its state writes nothing and sends nothing', async () => {
  let answer: (state: object) => void = () => {};
  let asked = 0;
  const preStopState = () => {
    asked += 1;
    return asked > 1 ? {} : new Promise<object>((resolve) => (answer = resolve));
  };
  const { folder, platform, signal, cancel } = await open({ preStopState });
  await signal('run-1', 60);
  await vi.waitUntil(() => asked === 1, { timeout: 15_000 });
  await cancel('run-1');
  answer({ old: true });
  await signal('run-2', 60);
  const first = await platform.until(() => platform.snapshots[0]);
  expect([first['run_id'], first['adapter']]).toEqual(['run-2', {}]);
  expect(existsSync(join(folder, SNAPSHOT))).toBe(true);
});

test('a drained workspace that ends sends no second snapshot; one that was opened again does', async () => {
  const drained = await open({});
  await drained.signal('run-1', 60);
  await drained.platform.until(() => drained.platform.snapshots[0]);
  await drained.platform.beat((beat) => beat.drain?.state === 'drained', drained.platform.beats.length);
  await drained.runtime.stop();
  expect(drained.platform.snapshots).toHaveLength(1);
  expect(existsSync(join(drained.folder, SNAPSHOT))).toBe(true);

  const reopened = await open({});
  await reopened.signal('run-1', 60);
  await reopened.platform.until(() => reopened.platform.snapshots[0]);
  await reopened.cancel('run-1');
  await reopened.say('hello', 'm1');
  await reopened.runtime.stop();
  expect(reopened.platform.snapshots).toMatchObject([{}, { completed_message_ids: ['m1'] }]);
});

test('a message that comes again stands in the transcript once', async () => {
  const { say, signal, cancel, platform } = await open({
    handle: ({ text, signal: asked }) =>
      new Promise((resolve, reject) => {
        if (text === 'go') resolve({ text });
        else asked.addEventListener('abort', () => reject(new Error('told to end')));
      }),
  });
  for (const run of ['run-1', 'run-2', 'run-3']) {
    const before = platform.snapshots.length;
    const working = say('wait', 'm1', { redelivered: run !== 'run-1' });
    await platform.beat((beat) => beat.active_tasks === 1, platform.beats.length);
    await signal(run, 0);
    await working;
    const sent = await platform.until(() => platform.snapshots[before]);
    expect(sent['transcript_lines']).toEqual(['user: wait']);
    await cancel(run);
  }
});
