import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LedgerEvent } from '#lib/contract/events.ts';
import { newestEvents } from '#lib/store/ledger.ts';
import { openStore } from '#lib/store/open-store.ts';
import { allFacts } from '#lib/store/workspace-facts.ts';
import { createJoinCode, createToken, listTokens, revoke } from './access-verbs.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { authenticate } from './authenticate.ts';
import { cleanUp, pruneOldEvents } from './housekeeping.ts';
import { replayAfter } from './replay.ts';
import { TestPlatform } from './test-platform.ts';
import { createWorkspace, deleteWorkspace, getWorkspace, listWorkspaces, patchWorkspace } from './workspace-verbs.ts';

let canvas: TestPlatform;

beforeEach(async () => {
  canvas = await new TestPlatform().open();
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

/** What somebody else who opens the same file sees: only what was committed. */
async function inStore<T>(read: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> {
  const store = await openStore({ dataDir: canvas.folder });
  try {
    return await read(store);
  } finally {
    await store.close();
  }
}

test('a change of status is in the store, with its event, before the beat is answered', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.beat(atlas);
  await canvas.beat(atlas, { runtime_state: 'wedged', sample_error: 'stream stalled' });
  await inStore(async (store) => {
    const facts = (await allFacts(store.db)).get(atlas.id)?.facts;
    expect(facts).toMatchObject({ status: 'degraded', cause: 'wedged', reason: 'stream stalled' });
    const [newest] = await newestEvents(store.db, { workspaceId: atlas.id, limit: 1 });
    expect(newest).toMatchObject({ type: 'workspace.status', data: { from: 'online', to: 'degraded', cause: 'wedged' } });
  });
});

test('a killed platform comes back with every acknowledged workspace, token and status', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.beat(atlas, { runtime_state: 'wedged', sample_error: 'stuck' });
  await canvas.abandon();
  await canvas.open();
  expect(canvas.deps.fleet.get(atlas.id).facts).toMatchObject({ status: 'degraded', cause: 'wedged', reason: 'stuck' });
  await canvas.beat(atlas);
  expect(canvas.status(atlas.id)).toBe('online');
});

test('nobody is called offline for the time in which the platform itself was away', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.beat(atlas);
  await canvas.close();
  canvas.now += 3_600_000;
  await canvas.open();
  await canvas.pass(60);
  expect(canvas.status(atlas.id)).toBe('online');
  await canvas.pass(40);
  expect(canvas.status(atlas.id)).toBe('awaiting_agent');
});

test('a beat that stops is late first and lapses later, once', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.pass(120);
  await canvas.beat(atlas);
  await canvas.pass(61);
  expect(canvas.deps.fleet.get(atlas.id).facts).toMatchObject({ status: 'online', late: true });
  await canvas.pass(60);
  expect(canvas.deps.fleet.get(atlas.id).facts).toMatchObject({ status: 'awaiting_agent', cause: 'lapse', late: false });
  await canvas.pass(300);
  const lapses = (await newestEvents(canvas.store.db, { workspaceId: atlas.id, limit: 50 })).filter(
    (event) => event.type === 'workspace.status' && event.data.cause === 'lapse',
  );
  expect(lapses).toHaveLength(1);
});

test('a shorter promise of cadence is judged from the beat that made it', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.pass(700);
  await canvas.beat(atlas, { interval_seconds: 300 });
  await canvas.beat(atlas, { interval_seconds: 5 });
  await canvas.pass(11);
  expect(canvas.deps.fleet.get(atlas.id).facts.late).toBe(true);
});

test('the rotated token stays valid until its successor is used, and ends for good then', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.beat(atlas);
  const { auth_token } = await createToken(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, rotate: true });
  await canvas.beat(atlas);
  await canvas.beat({ ...atlas, token: auth_token });
  await expect(canvas.beat(atlas)).rejects.toMatchObject({ code: 'token_rejected' });
  expect(canvas.deps.fleet.get(atlas.id).facts.token_rejected_at).toBe(canvas.now);
  await canvas.abandon();
  await canvas.open();
  await expect(canvas.beat(atlas)).rejects.toMatchObject({ code: 'token_rejected' });
  await canvas.beat({ ...atlas, token: auth_token });
  expect(canvas.deps.fleet.get(atlas.id).facts.token_rejected_at).toBeNull();
});

test('a rotated token whose successor is never used ends after ten minutes', async () => {
  const atlas = await canvas.workspace('Atlas');
  await createToken(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, rotate: true });
  canvas.now += 599_000;
  await canvas.beat(atlas);
  canvas.now += 2000;
  await expect(canvas.beat(atlas)).rejects.toMatchObject({ code: 'token_rejected' });
});

test('any call counts as the first use of a successor, not beats alone', async () => {
  const atlas = await canvas.workspace('Atlas');
  const { auth_token } = await createToken(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, rotate: true });
  await authenticate(canvas.deps, auth_token);
  await expect(authenticate(canvas.deps, atlas.token)).rejects.toMatchObject({ code: 'token_rejected' });
});

test('two tokens made beside each other live side by side; a revoked one ends at once', async () => {
  const atlas = await canvas.workspace('Atlas');
  const other = await createToken(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  await canvas.beat({ ...atlas, token: other.auth_token });
  await canvas.beat(atlas);
  await revoke(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, token_id: other.token_id });
  await expect(canvas.beat({ ...atlas, token: other.auth_token })).rejects.toMatchObject({ code: 'token_rejected' });
  await canvas.beat(atlas);
  expect(await listTokens(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).toHaveLength(1);
});

test('a stranger’s guess does not mark a workspace that beats; it does mark one that is silent', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.beat(atlas);
  const guess = { id: atlas.id, token: 'x'.repeat(43) };
  await expect(canvas.beat(guess)).rejects.toMatchObject({ code: 'token_rejected' });
  expect(canvas.deps.fleet.get(atlas.id).facts.token_rejected_at).toBeNull();
  canvas.now += 31_000;
  await expect(canvas.beat(guess)).rejects.toMatchObject({ code: 'token_rejected' });
  expect(canvas.deps.fleet.get(atlas.id).facts.token_rejected_at).toBe(canvas.now);
});

test('a token speaks for its own workspace only; unknown is 404 and removed is 410', async () => {
  const atlas = await canvas.workspace('Atlas');
  const bode = await canvas.workspace('Bode');
  await expect(canvas.beat({ id: bode.id, token: atlas.token })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(canvas.beat({ id: 'nobody', token: atlas.token })).rejects.toMatchObject({ code: 'not_found' });
  await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: bode.id });
  await expect(canvas.beat(bode)).rejects.toMatchObject({ code: 'gone' });
  await expect(canvas.beat({ id: bode.id, token: atlas.token })).rejects.toMatchObject({ code: 'gone' });
});

test('a parent is removed with its children only when that is confirmed, and stays removed', async () => {
  const parent = await canvas.workspace('Parent');
  const child = await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Child', parent_id: parent.id });
  const refusal = await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: parent.id }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ code: 'conflict', details: { children: [{ id: child.id, name: 'Child' }] } });
  await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: parent.id, confirm: true });
  await canvas.abandon();
  await canvas.open();
  await expect(getWorkspace(canvas.deps, LOCAL_OPERATOR, { id: child.id })).rejects.toMatchObject({ code: 'gone' });
  expect((await listWorkspaces(canvas.deps, LOCAL_OPERATOR, {})).total).toBe(0);
});

test('a name that is taken under the same parent gets a number, also when it is moved there', async () => {
  const parent = await canvas.workspace('Parent');
  const first = await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Crawler', parent_id: parent.id });
  const second = await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Crawler', parent_id: parent.id });
  const root = await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Crawler' });
  expect([first.name, second.name, root.name]).toEqual(['Crawler', 'Crawler 2', 'Crawler']);
  const moved = await patchWorkspace(canvas.deps, LOCAL_OPERATOR, { id: root.id, parent_id: parent.id });
  expect(moved.name).toBe('Crawler 3');
  await expect(patchWorkspace(canvas.deps, LOCAL_OPERATOR, { id: parent.id, parent_id: first.id })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('readers get ledger events in the order of the store, and can replay any part of them', async () => {
  const seen: LedgerEvent[] = [];
  canvas.deps.feed.subscribe((item) => item.kind === 'ledger' && seen.push(item.event));
  const made = await Promise.all(Array.from({ length: 12 }, (_, index) => canvas.workspace(`W${index}`)));
  await Promise.all(made.map((one) => canvas.beat(one)));
  expect(seen.map((event) => event.seq)).toEqual(seen.map((_, index) => (seen[0]?.seq ?? 0) + index));
  const from = seen[5];
  const replay = await replayAfter(canvas.deps, `${canvas.deps.ledgerEpoch}:${from?.seq}`, 1000);
  expect(replay.ok && replay.items.map((item) => item.kind === 'ledger' && item.event.seq)).toEqual(
    seen.slice(6).map((event) => event.seq),
  );
});

test('a position of another ledger, from the future or before what is kept is answered with a reset', async () => {
  for (let index = 0; index < 10; index += 1) await createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: `W${index}` });
  const { ledgerEpoch: epoch, feed } = canvas.deps;
  expect(await replayAfter(canvas.deps, 'elsewhere:3', 1000)).toEqual({ ok: false, why: 'unknown_epoch' });
  expect(await replayAfter(canvas.deps, `${epoch}:${feed.newestSeq + 1}`, 1000)).toEqual({ ok: false, why: 'unknown_epoch' });
  expect(await replayAfter(canvas.deps, `${epoch}:nonsense`, 1000)).toEqual({ ok: false, why: 'unknown_epoch' });
  expect(await replayAfter(canvas.deps, `${epoch}:1`, 3)).toEqual({ ok: false, why: 'too_far_behind' });
  await pruneOldEvents(canvas.deps, 4);
  expect(await replayAfter(canvas.deps, `${epoch}:1`, 1000)).toEqual({ ok: false, why: 'too_far_behind' });
  expect(await replayAfter(canvas.deps, `${epoch}:${feed.newestSeq - 5}`, 1000)).toEqual({ ok: false, why: 'too_far_behind' });
  expect(await replayAfter(canvas.deps, `${epoch}:${feed.newestSeq - 4}`, 1000)).toMatchObject({ ok: true, upTo: feed.newestSeq });
});

test('a store that refuses keeps the change waiting, tells the runtime to try again, and loses nothing', async () => {
  const atlas = await canvas.workspace('Atlas');
  await canvas.beat(atlas);
  const db = canvas.store.db;
  await db.schema.alterTable('ledger').renameTo('ledger_away').execute();
  const answer = canvas.beat(atlas, { runtime_state: 'wedged', sample_error: 'stuck' });
  await expect(answer).rejects.toMatchObject({ code: 'unavailable' });
  await db.schema.alterTable('ledger_away').renameTo('ledger').execute();
  await canvas.settled();
  const [newest] = await newestEvents(db, { workspaceId: atlas.id, limit: 1 });
  expect(newest).toMatchObject({ type: 'workspace.status', data: { to: 'degraded', cause: 'wedged' } });
});

test('join codes that ended and audit rows of last year are cleaned up, newer ones stay', async () => {
  const atlas = await canvas.workspace('Atlas');
  await createJoinCode(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  const rows = async (table: 'audit' | 'join_codes') => (await canvas.store.db.selectFrom(table).selectAll().execute()).length;
  const audited = await rows('audit');
  await cleanUp(canvas.deps);
  expect([await rows('join_codes'), await rows('audit')]).toEqual([1, audited]);
  canvas.now += 2 * 86_400_000;
  await cleanUp(canvas.deps);
  expect([await rows('join_codes'), await rows('audit')]).toEqual([0, audited]);
  canvas.now += 366 * 86_400_000;
  await cleanUp(canvas.deps);
  expect(await rows('audit')).toBe(0);
});

test('of two moves that would make a circle, asked for at once, the second is refused', async () => {
  const a = await canvas.workspace('A');
  const b = await canvas.workspace('B');
  const moves = await Promise.allSettled([
    patchWorkspace(canvas.deps, LOCAL_OPERATOR, { id: a.id, parent_id: b.id }),
    patchWorkspace(canvas.deps, LOCAL_OPERATOR, { id: b.id, parent_id: a.id }),
  ]);
  expect(moves.map((move) => move.status)).toEqual(['fulfilled', 'rejected']);
  expect(moves[1]).toMatchObject({ reason: { code: 'conflict' } });
});

test('a child that comes while its parent is being removed is not taken along unasked', async () => {
  const parent = await canvas.workspace('Parent');
  const [child, removal] = await Promise.allSettled([
    createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Child', parent_id: parent.id }),
    deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: parent.id }),
  ]);
  expect(child.status).toBe('fulfilled');
  expect(removal).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
  const other = await canvas.workspace('Other');
  const [gone, late] = await Promise.allSettled([
    deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: other.id }),
    createWorkspace(canvas.deps, LOCAL_OPERATOR, { name: 'Late', parent_id: other.id }),
  ]);
  expect(gone.status).toBe('fulfilled');
  expect(late).toMatchObject({ status: 'rejected', reason: { code: 'gone' } });
});

test('any call with the token of a removed workspace hears that it is gone, also after a restart', async () => {
  const atlas = await canvas.workspace('Atlas');
  await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  await expect(authenticate(canvas.deps, atlas.token)).rejects.toMatchObject({ code: 'gone' });
  await canvas.abandon();
  await canvas.open();
  await expect(authenticate(canvas.deps, atlas.token)).rejects.toMatchObject({ code: 'gone' });
});

test('a silent workspace for which another one’s token calls is shown as rejected', async () => {
  const atlas = await canvas.workspace('Atlas');
  const bode = await canvas.workspace('Bode');
  await expect(canvas.beat({ id: bode.id, token: atlas.token })).rejects.toMatchObject({ code: 'forbidden' });
  await canvas.settled();
  expect(canvas.deps.fleet.get(bode.id).facts.token_rejected_at).toBe(canvas.now);
});
