import { afterEach, expect, test, vi } from 'vitest';
import { CanvasError } from '#lib/contract/errors.ts';
import type { InboxItem, InboxPage } from '#lib/contract/inbox.ts';
import { applyProcessEnd } from '#lib/domain/status-engine.ts';
import { inTransaction } from '#lib/store/in-transaction.ts';
import { saveIncident } from '#lib/store/incidents.ts';
import { anIncident } from '#lib/store/test-incidents.ts';
import { LOCAL_OPERATOR } from './actor.ts';
import { listInbox } from './inbox-verbs.ts';
import { notify } from './notify-verbs.ts';
import { receiveBeat } from './receive-beat.ts';
import { settle } from './settle.ts';
import { TestPlatform } from './test-platform.ts';
import { deleteWorkspace } from './workspace-verbs.ts';

const open: TestPlatform[] = [];
afterEach(async () => {
  for (const canvas of open.splice(0)) {
    await canvas.close();
    canvas.removeFolder();
  }
});
async function aCanvas(): Promise<TestPlatform> {
  const canvas = await new TestPlatform().open();
  open.push(canvas);
  return canvas;
}

type Agent = { id: string; token: string };

async function inbox(canvas: TestPlatform, view: 'open' | 'all' | 'unread' = 'all'): Promise<InboxPage> {
  await canvas.settled();
  await canvas.deps.incidentWatch.settled();
  return listInbox(canvas.deps, LOCAL_OPERATOR, { view });
}
const told = ({ kind, count, closed_at, title }: InboxItem) => `${title} (${kind} ×${count}${closed_at === null ? '' : ', closed'})`;
const shown = async (canvas: TestPlatform, view?: 'open' | 'all' | 'unread') => (await inbox(canvas, view)).items.map(told);
const wedge = (canvas: TestPlatform, agent: Agent, more: Record<string, unknown> = {}) =>
  canvas.beat(agent, { runtime_state: 'wedged', sample_error: 'SDK init timeout', ...more });

async function agents(canvas: TestPlatform, count: number): Promise<Agent[]> {
  const all: Agent[] = [];
  for (let at = 0; at < count; at += 1) {
    const agent = await canvas.workspace(`Agent ${at}`);
    await canvas.beat(agent);
    all.push(agent);
  }
  return all;
}

test('a wedge opens one incident, a flap comes back to it, recovery closes it', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  await wedge(canvas, scout);
  expect((await inbox(canvas)).items).toMatchObject([
    { kind: 'wedged', severity: 'critical', title: 'Agent 0 is wedged', detail: 'SDK init timeout', count: 1, unread: true },
  ]);
  await wedge(canvas, scout);
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×1)']);
  await canvas.beat(scout);
  expect((await inbox(canvas)).items).toMatchObject([{ closed_at: canvas.now, closed_why: 'It says that it is no longer stuck' }]);
  canvas.now += 9 * 60_000;
  await wedge(canvas, scout);
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×2)']);
  await canvas.beat(scout);
  canvas.now += 11 * 60_000;
  await wedge(canvas, scout);
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×1)', 'Agent 0 is wedged (wedged ×2, closed)']);
});

test('a wedge lasts through silence; what was silent is back when it beats, still stuck', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  await wedge(canvas, scout);
  await canvas.pass(130);
  expect(await shown(canvas, 'open')).toEqual(['Agent 0 is offline (offline ×1)', 'Agent 0 is wedged (wedged ×1)']);
  await wedge(canvas, scout);
  expect(await shown(canvas, 'open')).toEqual(['Agent 0 is wedged (wedged ×1)']);
});

test('a new boot ends a wedge, unless it says at once that it is stuck again', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  await canvas.beat(scout, { boot_id: 'one' });
  await wedge(canvas, scout, { boot_id: 'one' });
  canvas.now += 1000;
  await wedge(canvas, scout, { boot_id: 'two' });
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×2)']);
  await canvas.beat(scout, { boot_id: 'three' });
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×2, closed)']);
});

test('failing requests, a refused token, a failed message: each has its incident and its recovery', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  await canvas.beat(scout, { error_rate: 0.9, sample_error: 'boom' });
  await canvas.beat(scout, { error_rate: 0 });
  await Promise.resolve(receiveBeat(canvas.deps, 'x'.repeat(43), { workspace_id: scout.id, uptime_seconds: 1 })).catch(() => {});
  canvas.now += 61_000;
  await Promise.resolve(receiveBeat(canvas.deps, 'x'.repeat(43), { workspace_id: scout.id, uptime_seconds: 1 })).catch(() => {});
  expect(await shown(canvas)).toEqual([
    'The token of Agent 0 is rejected (token_rejected ×1)',
    'Too many requests of Agent 0 fail (degraded ×1, closed)',
  ]);
  await canvas.beat(scout);
  expect(await shown(canvas, 'open')).toEqual([]);
});

test('removal closes whatever is open', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  await wedge(canvas, scout);
  await say(canvas, scout, 'hello');
  expect(await shown(canvas, 'open')).toHaveLength(2);
  await deleteWorkspace(canvas.deps, LOCAL_OPERATOR, { id: scout.id, confirm: true });
  expect(await shown(canvas, 'open')).toEqual([]);
  expect((await inbox(canvas)).items).toMatchObject([
    { closed_why: 'The workspace was removed' },
    { closed_why: 'The workspace was removed' },
  ]);
});

test('many at once are one incident, which says so; those that stay away stand for themselves when most are back', async () => {
  const canvas = await aCanvas();
  const team = await agents(canvas, 5);
  await canvas.pass(100);
  const page = await inbox(canvas, 'unread');
  expect(page.items).toMatchObject([
    { kind: 'mass', count: 5, severity: 'critical', title: '5 workspaces went down together', workspace_id: null },
  ]);
  expect(new Set(page.items[0]?.workspace_ids)).toEqual(new Set(team.map(({ id }) => id)));
  expect(page.counts).toEqual({ unread: 1, unread_alerts: 1, open: 1, mine: 0 });
  expect((await inbox(canvas)).items.filter(({ part_of }) => part_of === page.items[0]?.id)).toHaveLength(5);
  for (const agent of team.slice(0, 3)) await canvas.beat(agent);
  expect(await shown(canvas, 'unread')).toEqual(['5 workspaces went down together (mass ×5)']);
  await canvas.beat(team[3] as Agent);
  await canvas.deps.incidentWatch.look();
  expect(await shown(canvas, 'unread')).toEqual(['5 workspaces went down together (mass ×5)']);
  for (let beats = 0; beats < 5; beats += 1) {
    await canvas.pass(30);
    for (const agent of team.slice(0, 4)) await canvas.beat(agent);
  }
  await canvas.deps.incidentWatch.look();
  expect((await shown(canvas, 'unread')).sort()).toEqual([
    '5 workspaces went down together (mass ×5, closed)',
    'Agent 4 is offline (offline ×1)',
  ]);
});

test('that the platform ends its own processes is no incident, also not at the next start; what ends by itself is', async () => {
  const canvas = await aCanvas();
  const [scout, other] = (await agents(canvas, 2)) as [Agent, Agent];
  const end = { code: 0, signal: null, output: '', restarting: false };
  const ends = ({ id }: Agent) => {
    const live = canvas.deps.fleet.get(id);
    settle(canvas.deps, live, applyProcessEnd(live.facts, end, canvas.now), { kind: 'platform', id: null, name: 'test' }, canvas.now);
    return canvas.settled();
  };
  await ends(other);
  expect(await shown(canvas)).toEqual(['Agent 1 is offline (offline ×1)']);
  canvas.now += 1;
  await canvas.platform.endWorkspaces('stop');
  await ends(scout);
  await canvas.close();
  await canvas.open();
  expect(await shown(canvas)).toEqual(['Agent 1 is offline (offline ×1)']);
  canvas.now += 20_000;
  await canvas.beat(scout);
  await ends(scout);
  expect(await shown(canvas, 'open')).toEqual(['Agent 0 is offline (offline ×1)', 'Agent 1 is offline (offline ×1)']);
});

test('a store that refuses does not hold up the end of the platform; what it kept from being filed is filed at the next start', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  const write = vi.spyOn(canvas.deps.incidents, 'write').mockRejectedValue(new CanvasError('unavailable', 'no room'));
  await wedge(canvas, scout);
  await expect.poll(() => write.mock.calls.length).toBeGreaterThan(0);
  await canvas.platform.endWorkspaces('stop');
  write.mockRestore();
  await canvas.close();
  await canvas.open();
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×1)']);
});

test('a few among many are no incident about many', async () => {
  const canvas = await aCanvas();
  const team = await agents(canvas, 12);
  for (let beats = 0; beats < 4; beats += 1) {
    await canvas.pass(30);
    for (const agent of team.slice(3)) await canvas.beat(agent);
  }
  expect(await shown(canvas)).toEqual([
    'Agent 2 is offline (offline ×1)',
    'Agent 1 is offline (offline ×1)',
    'Agent 0 is offline (offline ×1)',
  ]);
});

test('a platform that was killed files what it had not, and nothing twice', async () => {
  const canvas = await aCanvas();
  const [scout, other] = (await agents(canvas, 2)) as [Agent, Agent];
  await wedge(canvas, scout);
  await canvas.settled();
  await canvas.abandon();
  await canvas.open();
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×1)']);
  await canvas.deps.incidentWatch.close();
  await wedge(canvas, other);
  await canvas.beat(other);
  canvas.now += 1;
  await wedge(canvas, other);
  await canvas.settled();
  await canvas.abandon();
  await canvas.open();
  expect(await shown(canvas)).toEqual(['Agent 1 is wedged (wedged ×2)', 'Agent 0 is wedged (wedged ×1)']);
  await canvas.abandon();
  await canvas.open();
  expect(await shown(canvas)).toEqual(['Agent 1 is wedged (wedged ×2)', 'Agent 0 is wedged (wedged ×1)']);
});

test('on a ledger that it never read, it takes up what is wrong now', async () => {
  const canvas = await aCanvas();
  const [scout, well] = (await agents(canvas, 2)) as [Agent, Agent];
  await wedge(canvas, scout);
  await wedge(canvas, well);
  await canvas.beat(well);
  await inbox(canvas);
  await canvas.store.db.deleteFrom('incidents').execute();
  await canvas.store.db.deleteFrom('meta').where('key', '=', 'inbox_seq').execute();
  await canvas.abandon();
  await canvas.open();
  expect(await shown(canvas)).toEqual(['Agent 0 is wedged (wedged ×1)']);
  await canvas.beat(scout);
  expect(await shown(canvas, 'open')).toEqual([]);
});

test('a flood of messages is one incident that counts them all and keeps the newest', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  const answers = await Promise.all(Array.from({ length: 1000 }, (_, at) => say(canvas, scout, `message ${at}`)));
  expect(new Set(answers.map(({ incident_id }) => incident_id)).size).toBe(1);
  expect((await inbox(canvas)).items).toMatchObject([{ kind: 'agent_message', count: 1000, detail: 'message 999' }]);
  const entries = await canvas.store.db.selectFrom('incident_entries').select('body').execute();
  expect(entries).toHaveLength(50);
  const changed = await canvas.store.db.selectFrom('ledger').select('data').where('type', '=', 'incident.changed').execute();
  expect(changed).toHaveLength(1);
});

test('what nothing more was said of is closed after an hour', async () => {
  const canvas = await aCanvas();
  const [scout] = (await agents(canvas, 1)) as [Agent];
  await say(canvas, scout, 'hello');
  canvas.now += 60 * 60_000;
  await canvas.deps.incidentWatch.look();
  expect(await shown(canvas, 'open')).toEqual(['Agent 0: hello (agent_message ×1)']);
  canvas.now += 1;
  await canvas.deps.incidentWatch.look();
  expect(await shown(canvas, 'open')).toEqual([]);
});

test('however many have become quiet, one look closes them all', async () => {
  const canvas = await aCanvas();
  const quiet = Array.from({ length: 401 }, (_, at) => anIncident(`i${at}`, { kind: 'delegation', key: `k${at}`, last_at: canvas.now }));
  await inTransaction(canvas.store, async (tx) => {
    for (const incident of quiet) await saveIncident(tx, incident);
  });
  canvas.now += 60 * 60_000 + 1;
  await canvas.deps.incidentWatch.look();
  const open = await canvas.store.db.selectFrom('incidents').select('id').where('closed_at', 'is', null).execute();
  expect(open).toEqual([]);
});

function say(canvas: TestPlatform, { id }: Agent, message: string) {
  return notify(canvas.deps, { kind: 'workspace', id, name: 'Agent', token_id: 't' }, { id, said: { message } });
}
