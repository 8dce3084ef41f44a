import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ActivityRow } from '#lib/contract/activity.ts';
import type { QueuedAnswer, QueuedMessage } from '#lib/contract/messages.ts';
import { TestServer } from './test-server.ts';

let canvas: TestServer;
let atlas: { id: string; token: string };
let scout: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestServer().open();
  atlas = await canvas.workspace('Atlas');
  scout = await canvas.workspace('Scout');
  await canvas.beat(atlas, { boot_id: 'boot-1' });
  await canvas.ask('POST /registry/register', { token: scout.token, body: { id: scout.id, delivery_mode: 'poll' } });
  await canvas.beat(scout, { boot_id: 'boot-1' });
});
afterEach(async () => {
  await canvas.close();
});

type Caller = { id: string; token: string };
const secret = `ghp_${'a1B2c3D4'.repeat(4)}zzzz`;
const send = <T = QueuedAnswer>(to: Caller, text: string, { by, headers = {} }: { by?: Caller; headers?: Record<string, string> } = {}) =>
  canvas.ask<T>(`POST /workspaces/${to.id}/a2a`, {
    token: by?.token,
    headers,
    body: { jsonrpc: '2.0', id: 7, method: 'message/send', params: { message: { parts: [{ kind: 'text', text }] } } },
  });
const activity = async (of: Caller, query = '', token?: string) =>
  (await canvas.ask<ActivityRow[]>(`GET /workspaces/${of.id}/activity${query}`, { token })).body;
const fetched = (query = '') => activity(scout, `?type=a2a_receive${query}`, scout.token);
const answer = (qid: string, body: Record<string, unknown>, by = scout) =>
  canvas.ask<QueuedMessage & { code?: string }>(`POST /workspaces/${scout.id}/a2a/queue/${qid}/answer`, { token: by.token, body });
const at = async (qid: string) => (await canvas.ask<QueuedMessage>(`GET /workspaces/${scout.id}/a2a/queue/${qid}`)).body;
const queueId = (row: ActivityRow | undefined) => String((row?.request_body as { queue_id?: string } | undefined)?.queue_id);

describe('a workspace that fetches its messages', () => {
  test('gets them whole in its activity, answers, and their sender hears it', async () => {
    const text = `${secret} ${'x'.repeat(100_000)}`;
    const waiting = send<{ id: number }>(scout, text, { by: atlas, headers: { prefer: 'wait=60' } });
    await expect
      .poll(async () => (await canvas.ask<QueuedAnswer>(`GET /workspaces/${scout.id}/a2a/queue`)).body)
      .toMatchObject({ waiting: 1 });
    const [row] = await fetched();
    expect(row).toMatchObject({ source_id: atlas.id, status: 'delivering', request_body: { params: { message: { parts: [{ text }] } } } });
    const qid = queueId(row);
    expect(await at(qid)).toMatchObject({ state: 'delivering', attempts: 1 });
    expect((await answer(qid, { result: { kind: 'message', parts: [{ kind: 'text', text: 'done' }] } })).body).toMatchObject({
      state: 'answered',
    });
    expect((await waiting).body).toMatchObject({ id: 7, result: { parts: [{ text: 'done' }] } });
    expect(await activity(scout)).toMatchObject([
      { id: row?.id, status: 'ok', response_body: { result: {} }, request_body: { cut: true } },
    ]);
    expect(await activity(atlas)).toMatchObject([{ activity_type: 'a2a_send', status: 'ok' }]);
    expect((await answer(qid, { result: {} })).body.code).toBe('conflict');
  });

  test('gets each once by going on from the last row, and an old one again by asking again', async () => {
    await send(scout, 'one', { by: atlas });
    const [one] = await fetched();
    await send(scout, 'two', { by: atlas });
    await send(scout, 'three');
    const next = await fetched(`&since_id=${one?.id}`);
    expect(next.map((row) => row.summary)).toEqual(['message/send ← Atlas: two', 'message/send ← this machine: three']);
    expect(await fetched(`&since_id=${next[1]?.id}`)).toEqual([]);
    expect((await fetched()).map(queueId)).toHaveLength(3);
  });

  test('gets what its earlier process had fetched again, marked, once that has ended', async () => {
    await send(scout, 'one');
    const [one] = await fetched();
    await canvas.beat(scout, { boot_id: 'boot-2' });
    await expect.poll(() => at(queueId(one))).toMatchObject({ state: 'waiting', redelivered: true });
    const [again] = await fetched(`&since_id=${one?.id}`);
    expect(again?.request_body).toMatchObject({ queue_id: queueId(one), redelivered: true });
    await answer(queueId(one), { result: {} });
    expect((await activity(scout)).map(({ id, status, error_detail }) => [id, status, error_detail])).toEqual([
      [again?.id, 'ok', null],
      [one?.id, 'error', 'It was not answered, and was fetched again'],
    ]);
  });

  test('what it does not answer within 24 hours expires; nobody else answers for it', async () => {
    await send(scout, 'one', { by: atlas });
    const [row] = await fetched();
    const qid = queueId(row);
    expect((await answer(qid, { result: {} }, atlas)).status).toBe(403);
    expect((await answer(qid, {})).status).toBe(400);
    expect((await answer('none', { result: {} })).status).toBe(404);
    expect((await answer(qid, { result: {}, error: { code: 1, message: 'x' } })).status).toBe(400);
    canvas.platform.now += 25 * 3_600_000;
    canvas.platform.deps.delivery.sweep();
    await expect.poll(() => at(qid)).toMatchObject({ state: 'expired', why: 'It was fetched, and not answered within 24 hours' });
  });

  test('may refuse one', async () => {
    await send(scout, 'one', { by: atlas });
    await answer(queueId((await fetched())[0]), { error: { code: -32000, message: 'not me' } });
    expect(await activity(scout)).toMatchObject([{ status: 'error', error_detail: 'not me' }]);
  });
});

describe('what it fetched and has not answered', () => {
  const open = (limit: number) => fetched(`&status=delivering&limit=${limit}`);
  const texts = (rows: ActivityRow[]) => rows.map(({ summary }) => summary.replace(/^.*: /, ''));

  test('is answered oldest first, so that nothing is out of sight, and no more is handed out than one answer shows', async () => {
    for (const text of ['one', 'two', 'three', 'four', 'five']) await send(scout, text);
    const first = await open(3);
    expect(texts(first)).toEqual(['one', 'two', 'three']);
    expect(texts(await open(3))).toEqual(['one', 'two', 'three']);
    await answer(queueId(first[1]), { result: {} });
    const next = await open(3);
    expect(texts(next)).toEqual(['one', 'three', 'four']);
    expect(next.map(({ status }) => status)).toEqual(['delivering', 'delivering', 'delivering']);
    for (const row of next) await answer(queueId(row), { result: {} });
    const last = await open(3);
    expect(texts(last)).toEqual(['five']);
    await answer(queueId(last[0]), { result: {} });
    expect(await open(3)).toEqual([]);
  });

  test('shows the oldest when they are larger than one answer, and the rest when these are answered', async () => {
    const large = 'x'.repeat(900_000);
    for (let n = 0; n < 6; n += 1) await send(scout, `${n} ${large}`);
    const shown: string[] = [];
    for (let rows = await open(100); rows.length > 0; rows = await open(100)) {
      expect(rows.length).toBeLessThanOrEqual(4);
      for (const row of rows) {
        shown.push(row.summary.replace(/^.*: /, '').slice(0, 1));
        await answer(queueId(row), { result: {} });
      }
    }
    expect(shown).toEqual(['0', '1', '2', '3', '4', '5']);
  });

  test('is not what an earlier process had fetched: that comes again by a row of its own', async () => {
    await send(scout, 'one');
    const [one] = await open(10);
    await canvas.beat(scout, { boot_id: 'boot-2' });
    await expect.poll(() => at(queueId(one))).toMatchObject({ state: 'waiting' });
    const again = await open(10);
    expect(again).toMatchObject([{ request_body: { queue_id: queueId(one), redelivered: true } }]);
    expect(again[0]?.id).not.toBe(one?.id);
  });

  test('is asked for with nothing else: with another filter it is no question', async () => {
    for (const query of ['?status=delivering', '?type=a2a_receive&status=delivering&since_secs=1', '?type=a2a_receive&status=ok'])
      expect((await canvas.refusal(`GET /workspaces/${scout.id}/activity${query}`, { token: scout.token })).status).toBe(400);
  });

  test('that expired, and is sent again, says that it may have been begun', async () => {
    await send(scout, 'one');
    const [one] = await open(10);
    const qid = queueId(one);
    canvas.platform.now += 25 * 3_600_000;
    canvas.platform.deps.delivery.sweep();
    await expect.poll(() => at(qid)).toMatchObject({ state: 'expired' });
    await canvas.beat(scout, { boot_id: 'boot-1' });
    await canvas.ask(`POST /workspaces/${scout.id}/a2a/queue/${qid}/retry`, {});
    expect(await open(10)).toMatchObject([{ request_body: { queue_id: qid, redelivered: true } }]);
  });
});

describe('a workspace that takes nothing now', () => {
  test.each<[string, () => Promise<unknown>, () => Promise<unknown>]>([
    ['stuck', () => canvas.beat(scout, { boot_id: 'boot-1', runtime_state: 'wedged' }), () => canvas.beat(scout, { boot_id: 'boot-1' })],
    [
      'being restarted',
      () => canvas.ask(`POST /workspaces/${scout.id}/restart`, { body: {} }),
      () => canvas.beat(scout, { boot_id: 'boot-2' }),
    ],
  ])('is given nothing, also when it asks: %s', async (_name, stop, go) => {
    await stop();
    await send(scout, 'one', { headers: { prefer: 'respond-async' } });
    expect(await fetched()).toEqual([]);
    expect(await fetched('&status=delivering')).toEqual([]);
    await go();
    await expect.poll(() => fetched('&status=delivering')).toHaveLength(1);
  });
});
