import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runtimeConfigSchema } from '#lib/runtime/config-schema.ts';
import { testFolders } from '#lib/runtime/test-folder.ts';
import { TestPlatform } from '#lib/runtime/test-platform.ts';
import { runSession } from './session.ts';

const newFolder = testFolders();
let platform: TestPlatform;
beforeEach(async () => {
  platform = await TestPlatform.start();
});
afterEach(() => platform.close());

const hello = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
};

/** A session over streams that a test can break. Its workspace has said that it is busy. */
async function busySession() {
  const folder = newFolder();
  writeFileSync(join(folder, '.auth_token'), 'token-one');
  const agent = { kind: 'http', url: 'http://127.0.0.1:9' };
  const config = {
    ...runtimeConfigSchema.parse({ platform_url: platform.url, workspace_id: 'ws-1', folder, agent, delivery_mode: 'poll' }),
  };
  const [stdin, stdout] = [new PassThrough(), new PassThrough()];
  stdout.resume();
  const ending = new AbortController().signal;
  const over = runSession({ config, joinCode: null, traceparent: undefined, stdin, stdout, log: () => {}, ending });
  const busy = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'set_current_task', arguments: { task: 'Busy' } } };
  for (const message of [hello, { jsonrpc: '2.0', method: 'notifications/initialized' }, busy]) stdin.write(`${JSON.stringify(message)}\n`);
  await platform.beat(({ current_task }) => current_task === 'Busy');
  return { stdin, stdout, over };
}

test.each<[string, (streams: { stdin: PassThrough; stdout: PassThrough }) => void]>([
  ['its input breaks', ({ stdin }) => stdin.destroy(new Error('EIO'))],
  ['nobody reads its output any more', ({ stdout }) => stdout.destroy(new Error('EPIPE'))],
  ['its client sends more than it takes', ({ stdin }) => stdin.write('x'.repeat(11 * 1024 * 1024))],
])('when %s it says goodbye and ends', async (_name, end) => {
  const { over, ...streams } = await busySession();
  end(streams);
  await over;
  expect(platform.beats.at(-1)).toMatchObject({ current_task: '' });
});
