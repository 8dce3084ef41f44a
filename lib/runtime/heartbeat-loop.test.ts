import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CanvasError } from '#lib/contract/errors.ts';
import { isFullBeat } from '#lib/contract/heartbeat.ts';
import { Credentials } from './credentials.ts';
import { FAILURES_BEFORE_NEW_CLIENT, HeartbeatLoop, type HeartbeatLoopOptions } from './heartbeat-loop.ts';
import { PlatformClient } from './platform-client.ts';
import { testFolders } from './test-folder.ts';
import { refusal, TestPlatform } from './test-platform.ts';
import { Wedge } from './wedge.ts';
import { WorkMeter } from './work-meter.ts';

const newFolder = testFolders();
const QUICK = { intervalMs: 20, retryMs: 5, debounceMs: 1, earlyGapMs: 1, drainMs: 5 };
const NEVER = { intervalMs: 3_600_000, retryMs: 5, debounceMs: 1, earlyGapMs: 1, drainMs: 5 };

let platform: TestPlatform;
let loops: HeartbeatLoop[];
beforeEach(async () => {
  platform = await TestPlatform.start();
  loops = [];
});
afterEach(async () => {
  await Promise.all(loops.map((loop) => loop.stop(50)));
  await platform.close();
  expect(platform.faults).toEqual([]);
});

async function bench(options: Partial<HeartbeatLoopOptions> = {}) {
  const folder = newFolder();
  writeFileSync(join(folder, '.auth_token'), 'token-one\n');
  const credentials = new Credentials(folder);
  await credentials.load();
  const meter = new WorkMeter();
  const wedge = new Wedge();
  const gone: CanvasError[] = [];
  const answers: unknown[] = [];
  const loop = new HeartbeatLoop({
    client: new PlatformClient(platform.url, credentials),
    workspaceId: 'ws-1',
    bootId: 'boot-1',
    intervalSeconds: 30,
    meter,
    wedge,
    drain: () => null,
    metadata: { capabilities: () => ({ session: true }), idleTimeoutSeconds: () => 600 },
    log: () => {},
    onAnswer: async (body) => void answers.push(body),
    onGone: (error) => void gone.push(error),
    timing: QUICK,
    ...options,
  });
  meter.onChange = () => loop.soon();
  wedge.onChange = () => loop.soon();
  loops.push(loop);
  return { folder, meter, wedge, loop, gone, answers };
}

test('a beat says all that the contract asks, and proves who sends it', async () => {
  const { loop, answers } = await bench();
  loop.start();
  const beat = await platform.beat();
  expect(beat).toEqual({
    workspace_id: 'ws-1',
    boot_id: 'boot-1',
    interval_seconds: 30,
    uptime_seconds: 0,
    active_tasks: 0,
    current_task: '',
    runtime_state: '',
    runtime_metadata: { capabilities: { session: true }, idle_timeout_seconds: 600 },
    sample_error: '',
    error_rate: 0,
    requests: 0,
  });
  expect(isFullBeat(beat)).toBe(true);
  expect(platform.seen[0]).toMatchObject({
    method: 'POST',
    authorization: 'Bearer token-one',
    headers: { origin: platform.url, 'content-type': 'application/json' },
  });
  await platform.beat(() => true, 3);
  expect(answers[0]).toMatchObject({ platform_inbound_secret: 'inbound-one' });
});

test('the counts of a refused beat stay in the next one, with what came since', async () => {
  const { loop, meter } = await bench();
  platform.onRequest = () => {
    if (platform.seen.length > 2) return undefined;
    meter.count({ error: 'later' });
    return refusal(500, 'internal');
  };
  meter.count('served');
  meter.count({ error: 'boom' });
  loop.start();
  await platform.beat((beat) => beat.requests === 0);
  const counts = platform.beats.map((beat) => [beat.requests, beat.error_rate]);
  expect(counts.slice(0, 4)).toEqual([
    [2, 0.5],
    [3, 2 / 3],
    [4, 0.75],
    [0, 0],
  ]);
});

test('what is counted while a beat is under way is not lost with its acceptance', async () => {
  const { loop, meter } = await bench();
  platform.onRequest = () => {
    if (platform.seen.length === 1) meter.count({ error: 'in between' });
    return undefined;
  };
  loop.start();
  expect(await platform.beat((beat) => beat.requests === 1)).toMatchObject({ error_rate: 1, sample_error: 'in between' });
});

test('the last error is the banner until a sample without one was accepted', async () => {
  const { loop, meter } = await bench();
  meter.count({ error: 'boom' });
  loop.start();
  await platform.beat((beat) => beat.requests === 1);
  expect(await platform.beat((beat) => beat.requests === 0)).toMatchObject({ sample_error: 'boom', error_rate: 0 });
  const before = platform.beats.length;
  meter.count('served');
  await platform.beat((beat) => beat.requests === 1 && beat.error_rate === 0, before);
  expect(await platform.beat((beat) => beat.requests === 0 && beat.sample_error === '', before)).toBeDefined();
});

test('a 401 reads the token file again and sends the same beat once more', async () => {
  const { loop, folder } = await bench({ timing: NEVER });
  platform.onRequest = ({ authorization }) => {
    if (authorization === 'Bearer token-two') return undefined;
    writeFileSync(join(folder, '.auth_token'), 'token-two');
    return refusal(401, 'token_rejected');
  };
  loop.start();
  await platform.until(() => platform.seen.length === 2);
  expect(platform.seen.map((request) => request.authorization)).toEqual(['Bearer token-one', 'Bearer token-two']);
  expect(platform.seen[1]?.body).toEqual(platform.seen[0]?.body);
});

test('a token that stays refused is a failure like others: the loop goes on and takes a later one', async () => {
  const { loop, folder } = await bench();
  platform.onRequest = ({ authorization }) => (authorization === 'Bearer late' ? undefined : refusal(401, 'token_rejected'));
  loop.start();
  await platform.until(() => loop.failures >= 2);
  writeFileSync(join(folder, '.auth_token'), 'late');
  await platform.until(() => platform.seen.some((request) => request.authorization === 'Bearer late'));
});

test('ten failures in a row make new connections; nine do not', async () => {
  const { loop } = await bench();
  platform.onRequest = () => (platform.seen.length <= FAILURES_BEFORE_NEW_CLIENT ? refusal(500, 'internal') : undefined);
  loop.start();
  await platform.until(() => platform.seen.length > FAILURES_BEFORE_NEW_CLIENT + 1);
  const connections = platform.seen.map((request) => request.connection);
  expect(new Set(connections.slice(0, FAILURES_BEFORE_NEW_CLIENT)).size).toBe(1);
  expect(connections[FAILURES_BEFORE_NEW_CLIENT]).not.toBe(connections[0]);
});

test('the loop outlives a platform that breaks off, answers nonsense or is away', async () => {
  const { loop } = await bench({ onAnswer: () => Promise.reject(new Error('disk full')) });
  platform.onRequest = () => {
    const number = platform.seen.length;
    if (number === 1) return { status: 200, body: 'not an object' };
    if (number === 2) return { status: 502, body: [] };
    if (number === 3) return { status: 404, body: { detail: 'a proxy speaks' } };
    return undefined;
  };
  loop.start();
  await platform.beat(() => true, 6);
  expect(loop.state).not.toBe('ended');
  expect(loop.failures, 'an answer that could not be kept was still an accepted beat').toBe(0);
});

test('Retry-After is honoured', async () => {
  const { loop } = await bench();
  platform.onRequest = () => (platform.seen.length === 1 ? { ...refusal(503, 'overloaded'), headers: { 'retry-after': '1' } } : undefined);
  loop.start();
  await platform.until(() => platform.seen.length === 2);
  expect((platform.seen[1]?.at ?? 0) - (platform.seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(990);
});

test.each([
  [404, 'not_found'],
  [410, 'gone'],
])('a %i from the platform itself ends the loop and says so', async (status, code) => {
  const { loop, gone } = await bench();
  platform.onRequest = () => refusal(status, code, 'no such workspace');
  loop.start();
  await vi.waitFor(() => expect(loop.state).toBe('ended'));
  expect(gone[0]?.message).toContain('no such workspace');
  expect(platform.seen).toHaveLength(1);
});

test('a wedge beats at once with its first reason, and so does its end', async () => {
  const { loop, wedge } = await bench({ timing: NEVER });
  loop.start();
  await vi.waitFor(() => expect(loop.state).toBe('waiting'));
  wedge.mark('the cause');
  wedge.mark('a consequence');
  expect(await platform.beat((beat) => beat.runtime_state === 'wedged')).toMatchObject({ sample_error: 'the cause' });
  wedge.clear();
  expect(await platform.beat((beat) => beat.runtime_state === '' && beat.sample_error === '', 2)).toBeDefined();
});

test('a task is told at its start and end, in full beats that leave the sample whole', async () => {
  const { loop, meter } = await bench({ timing: NEVER });
  loop.start();
  await platform.beat();
  meter.count('served');
  meter.begin('t1', 'Index the docs');
  const start = await platform.beat((beat) => beat.active_tasks === 1);
  expect(start).toMatchObject({ current_task: 'Index the docs' });
  expect(start).not.toHaveProperty('requests');
  expect(start).not.toHaveProperty('error_rate');
  expect(isFullBeat(start)).toBe(true);
  meter.end('t1', 'served');
  await platform.beat((beat) => beat.active_tasks === 0 && beat.current_task === '', 2);
  expect(meter.take()).toEqual({ requests: 2, failed: 0 });
});

test('many changes at once become one beat', async () => {
  const { loop, meter } = await bench({ timing: { ...NEVER, debounceMs: 30 } });
  loop.start();
  await vi.waitFor(() => expect(loop.state).toBe('waiting'));
  for (let number = 0; number < 50; number += 1) meter.begin(`t${number}`, `Task ${number}`);
  expect(await platform.beat((beat) => beat.active_tasks === 50)).toBeDefined();
  expect(platform.beats.length).toBeLessThanOrEqual(3);
});

test('a broken metadata source never costs a beat', async () => {
  const { loop } = await bench({
    metadata: {
      capabilities: () => {
        throw new Error('foreign code');
      },
      idleTimeoutSeconds: () => 'soon',
    },
  });
  loop.start();
  expect(await platform.beat()).toMatchObject({ runtime_metadata: { capabilities: {} } });
});

test('stopping waits for the beat under way and says goodbye last', async () => {
  const { loop, meter } = await bench({ timing: NEVER });
  loop.start();
  await platform.beat();
  meter.begin('t1', 'Still at it');
  await platform.beat((beat) => beat.active_tasks === 1);
  await loop.stop(5000);
  expect(platform.beats.at(-1)).toMatchObject({ active_tasks: 0, current_task: '', requests: 0 });
  expect(loop.state).toBe('ended');
});

test('stopping does not wait for a platform that never answers', async () => {
  const { loop } = await bench();
  platform.onRequest = () => ({ status: 200, silent: true });
  loop.start();
  await platform.until(() => platform.seen.length === 1);
  const before = performance.now();
  await loop.stop(60);
  expect(performance.now() - before).toBeLessThan(2000);
});

test('regular beats keep their cadence within a tenth, the second comes after a random part of it', async () => {
  const draws = [0.25, 1, 0, 0.5];
  const { loop } = await bench({ timing: { ...QUICK, intervalMs: 600 }, random: () => draws.shift() ?? 0.5 });
  const started = performance.now();
  loop.start();
  await platform.beat(() => true, 3);
  // A busy machine only makes a beat later, and each wait begins when the beat before was answered.
  const after = platform.seen.map((request) => request.at - started);
  expect(after[1]).toBeGreaterThanOrEqual(145);
  expect(after[2]).toBeGreaterThanOrEqual(145 + 650);
  expect(after[3]).toBeGreaterThanOrEqual(145 + 650 + 530);
});
