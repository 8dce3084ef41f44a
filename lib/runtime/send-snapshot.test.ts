import { afterEach, beforeEach, expect, test } from 'vitest';
import { Credentials } from './credentials.ts';
import { PlatformClient } from './platform-client.ts';
import { sendSnapshot } from './send-snapshot.ts';
import { buildSnapshot } from './snapshot.ts';
import { testFolders } from './test-folder.ts';
import { refusal, TestPlatform } from './test-platform.ts';

const newFolder = testFolders();
let platform: TestPlatform;
let giveUp: AbortController;
beforeEach(async () => {
  platform = await TestPlatform.start();
  giveUp = new AbortController();
});
afterEach(() => platform.close());

async function send(runId: string | null): Promise<string | null> {
  const facts = {
    workspaceId: 'ws-1',
    bootId: 'boot-1',
    now: 1000,
    currentTask: '',
    activeTasks: 0,
    uptimeSeconds: 1,
    sessionId: 'c1',
    transcriptLines: [],
    completedMessageIds: [],
    unfinished: [],
  };
  const { snapshot } = await buildSnapshot(facts, () => undefined);
  const client = new PlatformClient(platform.url, new Credentials(newFolder()));
  return await sendSnapshot({ client, snapshot, runId, signal: giveUp.signal, log: () => {}, retryMs: 1 });
}

test('it goes to its workspace, with the run that it was made for', async () => {
  expect([await send('run-1'), await send(null)]).toEqual([null, null]);
  expect(platform.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(Array(2).fill('POST /workspaces/ws-1/snapshots'));
  expect(platform.snapshots).toMatchObject([{ schema: 1, session_id: 'c1', run_id: 'run-1' }, { schema: 1 }]);
  expect(platform.snapshots[1]).not.toHaveProperty('run_id');
});

test('a platform that is down or busy is asked again, a few times', async () => {
  platform.onRequest = () => (platform.seen.length < 4 ? refusal(platform.seen.length % 2 ? 503 : 429, 'unavailable') : undefined);
  expect(await send('run-1')).toBeNull();
  expect(platform.seen).toHaveLength(4);
  platform.onRequest = () => refusal(500, 'internal', 'the store is gone');
  expect(await send('run-1')).toContain('could not be sent: The platform refused the snapshot with 500: the store is gone');
  expect(platform.seen).toHaveLength(10);
});

test.each([
  [404, null],
  [405, null],
  [413, 'could not be sent'],
  [400, 'could not be sent'],
])('a refusal with %i is final', async (status, said) => {
  platform.onRequest = () => refusal(status, 'bad_request');
  expect(await send('run-1')).toEqual(said === null ? null : expect.stringContaining(said));
  expect(platform.seen).toHaveLength(1);
});

test('it is given up at once when its run is over', async () => {
  platform.onRequest = () => ({ status: 200, silent: true });
  const sending = send('run-1');
  await platform.until(() => platform.snapshots[0]);
  giveUp.abort();
  expect(await sending).toBeNull();
});
