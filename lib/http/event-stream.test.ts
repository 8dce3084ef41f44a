import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { TestServer } from './test-server.ts';
import { StreamReader } from './test-stream-reader.ts';

let canvas: TestServer;
const readers: StreamReader[] = [];

beforeEach(async () => {
  canvas = await new TestServer().open({ logLevel: 'info' });
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.leave();
  await canvas.close();
});

async function open(lastEventId?: string): Promise<StreamReader> {
  const reader = await StreamReader.open(canvas.url, lastEventId);
  readers.push(reader);
  return reader;
}
const at = (seq: number) => `${canvas.platform.deps.ledgerEpoch}:${seq}`;
const newest = () => canvas.platform.deps.feed.newestSeq;

test('begins with where the ledger stands, and is not kept, changed or buffered on its way', async () => {
  await canvas.workspace('Atlas');
  const hello = await (await open()).next('hello');
  expect(hello).toEqual({
    name: 'hello',
    id: null,
    data: { epoch: canvas.platform.deps.ledgerEpoch, seq: newest(), now: canvas.platform.now, build: '0.0.0' },
  });
  const response = await fetch(`${canvas.url}/events`, { headers: { accept: 'text/event-stream' } });
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
  });
  await response.body?.cancel();
});

test('tells each change in order, with the workspace as it is now', async () => {
  const reader = await open();
  await reader.next('hello');
  const atlas = await canvas.workspace('Atlas');
  const created = await reader.next('ledger');
  expect(created).toMatchObject({
    id: at(created.data.event.seq),
    data: { event: { type: 'workspace.created' }, workspace: { id: atlas.id, name: 'Atlas' } },
  });
  const next = async (type: string) => {
    let frame = await reader.next('ledger');
    while (frame.data.event.type !== type) frame = await reader.next('ledger');
    return frame;
  };
  await canvas.beat(atlas, { runtime_state: 'wedged', sample_error: 'stuck' });
  expect((await next('workspace.status')).data).toMatchObject({
    event: { data: { to: 'degraded', cause: 'wedged' } },
    workspace: { status: 'degraded', reason: 'stuck' },
  });
  await canvas.ask(`DELETE /workspaces/${atlas.id}`);
  expect((await next('workspace.removed')).data).toMatchObject({ workspace: null });
});

describe('after an interruption', () => {
  test('replays what was missed, exactly once, also while more arrives', async () => {
    for (let index = 0; index < 5; index += 1) await canvas.workspace(`W${index}`);
    const from = newest() - 6;
    // Ten readers come while changes are committed.
    const making = Promise.all(Array.from({ length: 30 }, (_, index) => canvas.workspace(`More ${index}`)));
    const all = await Promise.all(Array.from({ length: 10 }, () => open(at(from))));
    await making;
    for (const reader of all) await expectWhole(reader, from);
  });

  test('tells nothing twice when the doorbell rings for a change that was replayed already', async () => {
    await canvas.workspace('Atlas');
    const from = newest() - 2;
    const reader = await open(at(from));
    expect((await reader.next('ledger')).data.event.seq).toBe(from + 1);
    // A change is in the ledger a moment before its doorbell rings; a reader that comes in between meets it twice.
    const { body } = await canvas.ask<LedgerEvent[]>('GET /events');
    canvas.platform.deps.feed.publish(body.slice(0, 1));
    await canvas.workspace('Bode');
    await expectWhole(reader, from + 1);
  });

  async function expectWhole(reader: StreamReader, from: number): Promise<void> {
    const seen: number[] = [];
    while (seen.at(-1) !== newest()) seen.push((await reader.next('ledger')).data.event.seq);
    expect(seen).toEqual(Array.from({ length: newest() - from }, (_, index) => from + 1 + index));
  }

  test('takes the position from the address as well, where a browser cannot set headers', async () => {
    const from = newest();
    await canvas.workspace('Atlas');
    const response = await fetch(`${canvas.url}/events?last_event_id=${encodeURIComponent(at(from))}`, {
      headers: { accept: 'text/event-stream' },
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('workspace.created')) text += (await reader?.read())?.value ?? '';
    expect(text).toContain(`id: ${at(from + 1)}`);
    await reader?.cancel();
  });

  test.each([
    ['another ledger', () => 'elsewhere:1', 'unknown_epoch'],
    ['nonsense', () => 'nonsense', 'unknown_epoch'],
    ['the future', () => at(newest() + 1), 'unknown_epoch'],
  ])('a position of %s is answered with a reset that says where to go on', async (_what, position, why) => {
    await canvas.workspace('Atlas');
    const reset = await (await open(position())).next('reset');
    expect(reset).toEqual({ name: 'reset', id: at(newest()), data: { why, seq: newest(), now: canvas.platform.now } });
  });

  test('a store that does not answer ends the stream; the reader comes again', async () => {
    const { db } = canvas.platform.store;
    await canvas.workspace('Atlas');
    await db.schema.alterTable('ledger').renameTo('ledger_away').execute();
    const reader = await open(at(1));
    expect((await reader.frame())?.name).toBe('hello');
    expect(await reader.frame()).toBeNull();
    await db.schema.alterTable('ledger_away').renameTo('ledger').execute();
    await canvas.server.log.idle();
    expect(canvas.server.stream.readers).toBe(0);
  });
});

test('the first live change after a quiet moment comes at once, those after it together', async () => {
  const atlas = await canvas.workspace('Atlas');
  const bode = await canvas.workspace('Bode');
  const reader = await open();
  await reader.next('hello');
  await canvas.beat(atlas, { active_tasks: 1 });
  const began = performance.now();
  const first = await reader.next('beats');
  expect(performance.now() - began).toBeLessThan(150);
  expect(first).toMatchObject({ id: null, data: { items: [{ id: atlas.id, active_tasks: 1 }] } });
  for (const active_tasks of [2, 3, 4]) for (const one of [atlas, bode]) await canvas.beat(one, { active_tasks });
  const second = await reader.next('beats');
  expect(performance.now() - began).toBeGreaterThan(200);
  expect(second.data.items.map(({ id, active_tasks }) => [id, active_tasks])).toEqual([
    [atlas.id, 4],
    [bode.id, 4],
  ]);
});

describe('a reader that does not read', () => {
  /** Opens a stream whose bytes are left in the socket, and waits until the server has begun it. */
  async function deaf(): Promise<Socket> {
    const socket = connect(canvas.port, '127.0.0.1').on('error', () => {});
    socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n');
    await once(socket, 'readable');
    return socket;
  }
  const text = 'x'.repeat(2000);
  /** One round of large live changes, told apart from the ones before. */
  async function round(team: { id: string; token: string }[], task: number) {
    for (const one of team) await canvas.platform.beat(one, { current_task: `${task} ${text}`, sample_error: text });
    const flushed = new Promise<void>((resolve) => {
      const stop = canvas.platform.deps.feed.subscribe(() => {
        stop();
        resolve();
      });
    });
    await canvas.platform.beat(team[0] as { id: string; token: string }, { active_tasks: task });
    await flushed;
  }
  async function fill(team: { id: string; token: string }[], rounds: number) {
    for (let task = 1; task <= rounds; task += 1) await round(team, task);
  }
  const team = () => Promise.all(Array.from({ length: 300 }, (_, index) => canvas.workspace(`W${index}`)));

  test('costs a bounded piece of memory, and gets the latest when it reads again', { timeout: 60_000 }, async () => {
    const all = await team();
    await Promise.all(all.map((one) => canvas.beat(one)));
    const socket = await deaf();
    const [held] = [...canvas.server.stream.waitingBytes()];
    expect(held).toBe(0);
    await fill(all, 14);
    const bytes = Math.max(...canvas.server.stream.waitingBytes());
    expect(bytes).toBeGreaterThan(256 * 1024);
    // One frame more than the mark, of some 18 MB that were to be told.
    expect(bytes).toBeLessThan(3 * 1024 * 1024);
    let read = '';
    const caughtUp = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        read = (read + chunk.toString()).slice(-2_000_000);
        if (read.includes('"current_task":"14 ') && read.includes('"active_tasks":14')) resolve();
      });
    });
    await caughtUp;
    expect(read).not.toContain('event: reset');
    socket.destroy();
  });

  test('that missed changes of status is told to start again', { timeout: 60_000 }, async () => {
    const all = await team();
    await Promise.all(all.map((one) => canvas.beat(one)));
    const socket = await deaf();
    await fill(all, 14);
    await canvas.workspace('Missed');
    let read = '';
    const told = new Promise<void>((resolve) => {
      socket.on('data', (chunk: Buffer) => {
        read = (read + chunk.toString()).slice(-1_000_000);
        if (read.includes('"why":"slow_reader"')) resolve();
      });
    });
    await told;
    expect(read).toContain(`id: ${at(newest())}`);
    expect(read).not.toContain('"name":"Missed"');
    socket.destroy();
  });

  test('is cut off when nothing moves for long', { timeout: 60_000 }, async () => {
    const all = await team();
    canvas.server.app.server.timeout = 300;
    await deaf();
    canvas.server.app.server.timeout = 60_000;
    const gone = canvas.server.log.idle();
    await fill(all, 14);
    await gone;
    expect(canvas.server.stream.readers).toBe(0);
  });
});

test('says that it is alive while nothing happens', async () => {
  await canvas.close();
  canvas = await new TestServer().open({ pingEveryMs: 50 });
  const reader = await open();
  await reader.next('hello');
  expect(await reader.block()).toBe(`: ping ${canvas.platform.now}`);
  expect(await reader.block()).toBe(`: ping ${canvas.platform.now}`);
});

test('ends for somebody whose session ended, within a minute', async () => {
  await canvas.close();
  let signedIn = true;
  const nobody = async () => ({ person: { id: 'ada', name: 'Ada' }, cookies: [] });
  canvas = await new TestServer().open({
    pingEveryMs: 20,
    policy: { loopback: false },
    signIn: {
      personOf: async () => (signedIn ? { id: 'ada', name: 'Ada' } : null),
      signIn: nobody,
      setUp: nobody,
      signOut: async () => [],
      needsSetUp: async () => false,
    },
  });
  const reader = await open();
  await reader.next('hello');
  for (let ping = 0; ping < 6; ping += 1) expect(await reader.block()).toContain('ping');
  signedIn = false;
  expect(await reader.frame()).toBeNull();
});

test('the server’s end is the end of every stream', async () => {
  const reader = await open();
  await reader.next('hello');
  await canvas.server.app.close();
  expect(await reader.frame()).toBeNull();
  canvas.platform.deps.feed.close();
});
