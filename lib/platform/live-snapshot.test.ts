import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { secretSamples } from '#lib/domain/secret-samples.fixture.ts';
import { aSnapshot } from '#lib/store/test-snapshots.ts';
import { LOCAL_OPERATOR, platformActor } from './actor.ts';
import { authenticate } from './authenticate.ts';
import { register } from './registry-verbs.ts';
import { restartWorkspace } from './restart-verbs.ts';
import { keepSnapshot } from './snapshot-keeping.ts';
import { diffSnapshot, listSnapshots, liveSnapshot, uploadSnapshot } from './snapshot-verbs.ts';
import { TestAgent } from './test-agent.ts';
import { TestPlatform } from './test-platform.ts';

const SECRET = secretSamples(1)[0]?.secret ?? '';

let canvas: TestPlatform;
let agent: TestAgent;
let atlas: { id: string; token: string };

beforeEach(async () => {
  canvas = await new TestPlatform().open();
  agent = await new TestAgent().open();
  atlas = await canvas.workspace('Atlas');
});
afterEach(async () => {
  await agent.close();
  await canvas.close();
  canvas.removeFolder();
});

const connect = async () =>
  register(canvas.deps, await authenticate(canvas.deps, atlas.token), {
    id: atlas.id,
    url: agent.url,
    agent_card: { name: 'Atlas' },
    join_code: null,
  });
const live = () => liveSnapshot(canvas.deps, LOCAL_OPERATOR, { id: atlas.id });
const mine = (some: Parameters<typeof aSnapshot>[0] = {}) => aSnapshot({ workspace_id: atlas.id, ...some });
const keep = (some: Parameters<typeof aSnapshot>[0] = {}, runId: string | null = null) =>
  keepSnapshot(canvas.deps, { workspaceId: atlas.id, snapshot: mine(some), runId, origin: 'fetched', actor: platformActor('test') });

test('the live state is asked for with the secret, cleaned, compared with the last one and stored nowhere', async () => {
  await connect();
  const last = await keep();
  agent.says(200, mine({ transcript_lines: ['user: hello', 'agent: hello', `user: ${SECRET}`] }));
  const answer = await live();
  expect(agent.asked).toEqual([{ route: 'GET /signals/snapshot', bearer: `Bearer ${canvas.deps.fleet.get(atlas.id).row.inbound_secret}` }]);
  expect(answer).toMatchObject({
    source: 'live',
    why: '',
    now: canvas.now,
    last,
    since_last: { transcript: { added: ['user: [REDACTED:GITHUB_PAT]'] } },
  });
  expect(answer.snapshot?.redactions).toEqual({ GITHUB_PAT: 1 });
  expect(answer.bytes).toBe(Buffer.byteLength(JSON.stringify(answer.snapshot)));
  expect(JSON.stringify(answer)).not.toContain(SECRET);
  expect(await listSnapshots(canvas.deps, LOCAL_OPERATOR, { id: atlas.id })).toEqual([last]);
});

test('what is at work is named, without secrets and without what is no task', async () => {
  await connect();
  const in_flight = [{ id: 't1', summary: `push ${SECRET}`, started_at: 5 }, { id: 7 }, 'nonsense'];
  agent.says(200, { ...mine(), in_flight });
  expect((await live()).in_flight).toEqual([{ id: 't1', summary: 'push [REDACTED:GITHUB_PAT]', started_at: 5 }]);
});

test('without a kept one there is nothing to compare with', async () => {
  await connect();
  agent.says(200, mine());
  expect(await live()).toMatchObject({ source: 'live', last: null, since_last: null });
});

test.each<[string, (agent: TestAgent) => void | Promise<void>, RegExp]>([
  ['a runtime that knows no such signal', (on) => on.says(404, {}), /cannot show what it would save \(it answered 404\)/],
  ['no or a wrong secret', (on) => on.says(401, { error: 'no' }), /did not accept the platform’s secret \(it answered 401\)/],
  ['forbidden', (on) => on.says(403, {}), /it answered 403/],
  ['a broken runtime', (on) => on.says(500, {}), /answered 500 when/],
  ['a redirect', (on) => on.says(302, {}), /answered 302/],
  ['no JSON', (on) => on.says(200, '<html>'), /answered no JSON/],
  ['other JSON', (on) => on.says(200, []), /is no snapshot\. The snapshot was refused: /],
  ['another schema', (on) => on.says(200, { schema: 2 }), /reads schema 1/],
  ['another workspace’s', (on) => on.says(200, aSnapshot()), /names another workspace/],
  ['a flood', (on) => on.says(200, 'x'.repeat(4_000_000)), /more than a snapshot can hold/],
  ['nobody there', (on) => on.close(), /could not be reached\. /],
  ['a line that breaks', (on) => on.hangsUp(), /could not be reached\. /],
])('when it cannot be had (%s), the last one is shown, with the reason', async (_name, behave, why) => {
  await connect();
  const last = await keep({ current_task: 'Before' });
  await behave(agent);
  const answer = await live();
  expect(answer).toMatchObject({ source: 'last', bytes: last.bytes, last, since_last: null, snapshot: { current_task: 'Before' } });
  expect(answer.why).toMatch(why);
  expect(answer.why).toMatch(/^[A-Z].*\.$/);
  await expect(diffSnapshot(canvas.deps, LOCAL_OPERATOR, { snapshot: last.id, against: 'live' })).rejects.toThrow(
    /no live state to compare with/,
  );
});

test('an address it never gave is not asked, and nothing is shown for it', async () => {
  expect(await live()).toEqual({
    source: 'none',
    in_flight: [],
    why: 'It has registered no address, so it cannot be asked.',
    now: canvas.now,
    bytes: 0,
    snapshot: null,
    last: null,
    since_last: null,
  });
});

test('a kept one is compared with what runs now', async () => {
  await connect();
  const kept = await keep();
  agent.says(200, mine({ boot_id: 'now', session_id: 'other' }));
  const changed = { before: { id: kept.id }, after: { id: null, boot_id: 'now', taken_at: canvas.now }, diff: { same: false } };
  for (const against of ['live', 'restored'])
    expect(await diffSnapshot(canvas.deps, LOCAL_OPERATOR, { snapshot: kept.id, against })).toMatchObject(changed);
});

test('what a run kept of the process that came back is what was restored, not what it does now', async () => {
  await connect();
  const kept = await keep({}, 'run');
  canvas.now += 1000;
  const back = await keep({ boot_id: 'new' }, 'run');
  canvas.now += 1000;
  await keep({ boot_id: 'new', session_id: 'later' }, 'run');
  const { after, diff } = await diffSnapshot(canvas.deps, LOCAL_OPERATOR, { snapshot: kept.id, against: 'restored' });
  expect([after.id, diff.same]).toEqual([back.id, true]);
  expect(agent.asked).toEqual([]);
});

test('the run that drains a workspace learns of what it saved, and of nothing that another process saved', async () => {
  await connect();
  await canvas.beat(atlas, { boot_id: 'before', active_tasks: 1 });
  agent.says(200, { jsonrpc: '2.0', id: 1, result: { acknowledged: true, in_flight: [{ id: 't', summary: 'x', started_at: 1 }] } });
  await restartWorkspace(canvas.deps, LOCAL_OPERATOR, { id: atlas.id, drain_only: true });
  const run = () => canvas.deps.runs.of(atlas.id)?.run;
  await vi.waitFor(() => expect(run()?.state).toBe('draining'));
  const workspace = await authenticate(canvas.deps, atlas.token);
  const upload = (boot_id: string) => uploadSnapshot(canvas.deps, workspace, { id: atlas.id, upload: { ...mine({ boot_id }) } });
  await upload('another');
  const { id } = await upload('before');
  await vi.waitFor(() => expect(run()?.snapshot_id).toBe(id));
  const fetched = await keep({ boot_id: 'before' });
  await vi.waitFor(() => expect(run()?.snapshot_id).toBe(fetched.id));
  await upload('another');
  expect(run()?.snapshot_id).toBe(fetched.id);
});
