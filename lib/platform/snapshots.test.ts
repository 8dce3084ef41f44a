import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Snapshot } from '#lib/contract/snapshot.ts';
import { SNAPSHOTS_KEPT } from '#lib/contract/snapshots.ts';
import { secretSamples } from '#lib/domain/secret-samples.fixture.ts';
import { newestEvents } from '#lib/store/ledger.ts';
import { aSnapshot } from '#lib/store/test-snapshots.ts';
import { type Actor, LOCAL_OPERATOR, platformActor } from './actor.ts';
import { authenticate } from './authenticate.ts';
import { keepSnapshot, storedSnapshot } from './snapshot-keeping.ts';
import { diffSnapshot, getSnapshot, listSnapshots, uploadSnapshot } from './snapshot-verbs.ts';
import { TestPlatform } from './test-platform.ts';
import { deleteWorkspace } from './workspace-verbs.ts';

const SECRET = secretSamples(1)[0]?.secret ?? '';
const MARKER = '[REDACTED:GITHUB_PAT]';

let canvas: TestPlatform;
let atlas: { id: string; token: string };
let actor: Actor;

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  atlas = await canvas.workspace('Atlas');
  actor = await authenticate(canvas.deps, atlas.token);
});
afterEach(async () => {
  await canvas.close();
  canvas.removeFolder();
});

const mine = (some: Partial<Snapshot> = {}) => aSnapshot({ workspace_id: atlas.id, ...some });
const upload = (snapshot: unknown) => uploadSnapshot(canvas.deps, actor, { id: atlas.id, upload: snapshot as Record<string, unknown> });
const get = (snapshot: string) => getSnapshot(canvas.deps, LOCAL_OPERATOR, { snapshot });
const list = () => listSnapshots(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
const diff = (snapshot: string, against?: string) =>
  diffSnapshot(canvas.deps, LOCAL_OPERATOR, { snapshot, ...(against ? { against } : {}) });

test('what a workspace sends is kept with its run, and its ledger event tells of it', async () => {
  const { id } = await upload({ ...mine(), run_id: 'run-1' });
  expect(await get(id)).toEqual({
    id,
    workspace_id: atlas.id,
    taken_at: 1000,
    received_at: canvas.now,
    boot_id: 'boot',
    run_id: 'run-1',
    origin: 'runtime',
    bytes: Buffer.byteLength(JSON.stringify(mine())),
    current_task: 'Reading the mail',
    session_id: 'session',
    transcript_lines: 2,
    completed_messages: 1,
    unfinished: 0,
    redactions: {},
    dropped_sandbox: 0,
    snapshot: mine(),
  });
  const [event] = await newestEvents(canvas.store.db, { workspaceId: atlas.id, limit: 1 });
  expect(event).toMatchObject({ type: 'snapshot.saved', actor: { kind: 'workspace' }, data: { snapshot_id: id, run_id: 'run-1' } });
  expect(canvas.deps.feed.newestSeq).toBe(event?.seq);
});

test('secrets that its sender left in are taken out before anything is stored, and counted with those it took out', async () => {
  const { id } = await upload(
    mine({
      current_task: `use ${SECRET}`,
      session_id: SECRET,
      transcript_lines: ['hello', `token ${SECRET}`, 'source=sandbox 42'],
      adapter: { [SECRET]: { deep: [`x ${SECRET}`] } },
      unfinished: [{ id: 't', message_id: 'm', summary: `with ${SECRET}`, started_at: 1 }],
      completed_message_ids: ['a'.repeat(30)],
      redactions: { GITHUB_PAT: 2, [SECRET]: 1, TOKEN: -3 },
      dropped_sandbox: 4,
    }),
  );
  const kept = await get(id);
  expect(kept.snapshot).toMatchObject({
    current_task: `use ${MARKER}`,
    session_id: MARKER,
    transcript_lines: ['hello', `token ${MARKER}`],
    adapter: { [MARKER]: { deep: [`x ${MARKER}`] } },
    unfinished: [{ id: 't', message_id: 'm', summary: `with ${MARKER}` }],
    completed_message_ids: ['a'.repeat(30)],
  });
  expect([kept.redactions, kept.dropped_sandbox]).toEqual([{ GITHUB_PAT: 8, OTHER: 1 }, 5]);
  const again = await upload(kept.snapshot);
  expect((await get(again.id)).snapshot).toEqual(kept.snapshot);
  expect((await diff(again.id)).diff.same).toBe(true);
  const files = readdirSync(canvas.folder).map((name) => readFileSync(join(canvas.folder, name)));
  expect(files.some((file) => file.includes(`use ${MARKER}`))).toBe(true);
  expect(files.some((file) => file.includes(SECRET))).toBe(false);
  expect(canvas.logged.join()).not.toContain(SECRET);
});

test('the older shape is read, and kept as that of today', async () => {
  const older = {
    workspace_id: atlas.id,
    timestamp: '2026-01-01T12:00:00Z',
    current_task: 'x',
    adapter: { session_id: 's', transcript_lines: ['a', { role: 'user' }], mode: 'fast' },
  };
  const { id } = await upload(older);
  const { snapshot, session_id, taken_at } = await get(id);
  expect({ session_id, taken_at }).toEqual({ session_id: 's', taken_at: Date.UTC(2026, 0, 1, 12) });
  expect(snapshot).toMatchObject({ schema: 1, transcript_lines: ['a', '{"role":"user"}'], adapter: { mode: 'fast' } });
});

test.each<[string, () => unknown, string, RegExp]>([
  ['another schema', () => ({ ...mine(), schema: 7 }), 'bad_request', /schema 7, and this Canvas reads schema 1/],
  ['a schema by name', () => ({ ...mine(), schema: SECRET }), 'bad_request', /schema \[REDACTED:GITHUB_PAT\]/],
  ['a wrong field', () => ({ ...mine(), boot_id: 5 }), 'bad_request', /refused: boot_id: /],
  ['a wrong field inside', () => ({ ...mine(), unfinished: [{ id: 1 }] }), 'bad_request', /unfinished\.0\.id: /],
  [
    'a secret for a field',
    () => ({ ...mine(), redactions: { [SECRET]: 'x' } }),
    'bad_request',
    /^The snapshot was refused: redactions: [^:]*: [^:]*$/,
  ],
  ['a wrong field of the older shape', () => ({ workspace_id: atlas.id, adapter: 3 }), 'bad_request', /refused: adapter: /],
  ['another workspace', () => mine({ workspace_id: 'someone' }), 'forbidden', /names another workspace/],
  ['too much', () => mine({ adapter: { x: 'y '.repeat(600_000) } }), 'too_large', /takes 1200\d+ bytes/],
])('refused: %s', async (_name, snapshot, code, message) => {
  const refused = upload(snapshot());
  await expect(refused).rejects.toMatchObject({ code });
  await expect(refused).rejects.toThrow(message);
  expect(await list()).toEqual([]);
});

test('what cannot be looked through is refused, and its text told nobody', async () => {
  let deep: unknown = SECRET;
  for (let level = 0; level < 50_000; level += 1) deep = [deep];
  const given = { workspaceId: atlas.id, runId: null, origin: 'fetched' as const, actor: platformActor('test') };
  const refused = keepSnapshot(canvas.deps, { ...given, snapshot: mine({ adapter: { deep } }) });
  await expect(refused).rejects.toMatchObject({ code: 'bad_request' });
  await expect(refused).rejects.toThrow(/could not be looked through for secrets/);
});

test('markers that make it larger than it may be cost the oldest lines', async () => {
  const lines = Array.from({ length: 190 }, (_unused, at) => `${at} password=abcd1 `.padEnd(5000, 'password=abcd1 '));
  const { id } = await upload(mine({ transcript_lines: lines }));
  const { snapshot, bytes } = await get(id);
  expect(bytes).toBeLessThanOrEqual(1024 * 1024);
  expect(snapshot.transcript_lines_dropped).toBeGreaterThan(0);
  expect(snapshot.transcript_lines.length).toBe(190 - snapshot.transcript_lines_dropped);
  expect(snapshot.transcript_lines.at(-1)).toMatch(/^189 password=\[REDACTED:PASSWORD\]/);
});

test('nobody may say it for a workspace', async () => {
  const other = await canvas.workspace('Other');
  const by = (who: Actor) => uploadSnapshot(canvas.deps, who, { id: atlas.id, upload: mine() as Record<string, unknown> });
  await expect(by(await authenticate(canvas.deps, other.token))).rejects.toMatchObject({ code: 'forbidden' });
  await expect(by(LOCAL_OPERATOR)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(listSnapshots(canvas.deps, actor, { id: atlas.id })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(getSnapshot(canvas.deps, actor, { snapshot: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
});

test('the newest are kept, and all go with their workspace', async () => {
  const ids: string[] = [];
  for (let at = 0; at < SNAPSHOTS_KEPT + 2; at += 1) {
    canvas.now += 1000;
    ids.push((await upload(mine())).id);
  }
  expect((await list()).map((row) => row.id)).toEqual(ids.slice(2).reverse());
  await expect(get(ids[0] ?? '')).rejects.toMatchObject({ code: 'not_found' });
  await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
  await expect(storedSnapshot(canvas.deps, ids[5] ?? '')).rejects.toMatchObject({ code: 'not_found' });
});

test('one that a run under way needs stays', async () => {
  const first = await upload(mine());
  const run = { id: 'run', workspace_id: atlas.id, kind: 'restart', state: 'drained', bulk_id: null, group_id: null, requested_at: 1 };
  const body = JSON.stringify({ restore_snapshot_id: first.id, snapshot_id: null });
  await canvas.store.db
    .insertInto('restart_runs')
    .values({ ...run, ended_at: null, rev: 1, body })
    .execute();
  for (let at = 0; at < SNAPSHOTS_KEPT; at += 1) await upload(mine());
  expect(await list()).toHaveLength(SNAPSHOTS_KEPT + 1);
  expect((await get(first.id)).id).toBe(first.id);
});

test('what the platform fetched is kept the same way', async () => {
  const given = { workspaceId: atlas.id, runId: 'run-2', origin: 'fetched' as const, actor: platformActor('restarts') };
  const row = await keepSnapshot(canvas.deps, { ...given, snapshot: mine({ current_task: SECRET }) });
  expect(row).toMatchObject({ run_id: 'run-2', origin: 'fetched', current_task: MARKER, redactions: { GITHUB_PAT: 1 } });
  expect(await list()).toEqual([row]);
  const [event] = await newestEvents(canvas.store.db, { workspaceId: atlas.id, limit: 1 });
  expect(event).toMatchObject({ type: 'snapshot.saved', actor: { kind: 'platform', name: 'restarts' } });
  await expect(keepSnapshot(canvas.deps, { ...given, workspaceId: 'nobody', snapshot: mine() })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('two are compared from the older to the newer, whichever is asked for', async () => {
  const first = await upload(mine({ run_id: 'r' } as Partial<Snapshot>));
  const second = await upload(mine({ transcript_lines: ['user: hello', 'agent: hello', 'user: bye'], boot_id: 'boot 2' }));
  const wanted = {
    before: { id: first.id, taken_at: 1000, boot_id: 'boot' },
    after: { id: second.id, taken_at: 1000, boot_id: 'boot 2' },
    diff: { transcript: { added: ['user: bye'], removed: [], kept: 2, scrolled_out: 0 }, same: false },
  };
  expect(await diff(second.id)).toMatchObject(wanted);
  expect(await diff(second.id, first.id)).toMatchObject(wanted);
  expect(await diff(first.id, second.id)).toMatchObject(wanted);
  await expect(diff(first.id)).rejects.toMatchObject({ code: 'not_found' });
  await expect(diff(first.id, 'unknown')).rejects.toMatchObject({ code: 'not_found' });
  const other = await canvas.workspace('Other');
  const foreign = await uploadSnapshot(canvas.deps, await authenticate(canvas.deps, other.token), {
    id: other.id,
    upload: aSnapshot({ workspace_id: other.id }) as Record<string, unknown>,
  });
  await expect(diff(first.id, foreign.id)).rejects.toMatchObject({ code: 'bad_request' });
});
