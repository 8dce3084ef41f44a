import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startPlatform } from './running-platform.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'canvas-end-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('SIGTERM ends it in order and soon, whatever is open', async () => {
  const platform = await startPlatform({ dataDir: folder });
  await (await fetch(platform.url)).text();
  const stream = await fetch(`${platform.url}/events`, { headers: { accept: 'text/event-stream' } });
  const idle = connect(Number(new URL(platform.url).port), '127.0.0.1').on('error', () => {});
  await once(idle, 'connect');
  const renders = Array.from({ length: 10 }, () =>
    fetch(platform.url).then(
      (response) => response.status,
      () => 'cut',
    ),
  );
  const began = performance.now();
  expect(await platform.stop()).toBe(0);
  // A second for Canvas, and one for a machine that is busy with other tests.
  expect(performance.now() - began).toBeLessThan(2000);
  await Promise.all(renders);
  await stream.text().catch(() => 'cut');
  idle.destroy();
});

test('a second signal does not wait for anything', async () => {
  const first = await startPlatform({ dataDir: folder, settings: { CANVAS_DEMO: '1' } });
  process.kill(first.pid, 'SIGTERM');
  while (!first.log().includes('"msg":"ending"')) await new Promise((resolve) => setImmediate(resolve));
  // The team is told to stop and takes its time; this does not.
  expect(await first.stop()).toBe(1);
  // What was left running is found and stopped by the next one.
  const next = await startPlatform({ dataDir: folder });
  expect(await next.stop()).toBe(0);
});
