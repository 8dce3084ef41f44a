import { afterAll, beforeAll, expect, test } from 'vitest';
import type { InboxItem, InboxPage, IncidentDetail, Mute, ReadAnswer } from '#lib/contract/inbox.ts';
import type { NotifyAnswer } from '#lib/contract/incidents.ts';
import type { Preferences } from '#lib/contract/preferences.ts';
import type { SignIn } from '#lib/platform/sign-in.ts';
import { TestServer } from './test-server.ts';

/** Ada and Bo, by their cookie. */
const PEOPLE: SignIn = {
  personOf: async (headers) => {
    const id = /^person=(ada|bo)$/.exec(headers.get('cookie') ?? '')?.[1];
    return id === undefined ? null : { id, name: id === 'ada' ? 'Ada' : 'Bo' };
  },
  signIn: async () => ({ person: { id: 'ada', name: 'Ada' }, cookies: [] }),
  signOut: async () => [],
  setUp: async () => ({ person: { id: 'ada', name: 'Ada' }, cookies: [] }),
  needsSetUp: async () => false,
};

let canvas: TestServer;
let scout: { id: string; token: string };

beforeAll(async () => {
  canvas = await new TestServer().open({ policy: { loopback: false }, signIn: PEOPLE, signInFree: false });
});
afterAll(() => canvas.close());

const as = (person: 'ada' | 'bo') => ({ headers: { cookie: `person=${person}`, origin: canvas.url } });
const inbox = async (person: 'ada' | 'bo', query = '') => (await canvas.ask<InboxPage>(`GET /inbox?${query}`, as(person))).body;
const say = async (message: string, more: Record<string, unknown> = {}) =>
  (await canvas.ask<NotifyAnswer>(`POST /workspaces/self/notify`, { token: scout.token, body: { message, ...more } })).body;

/** A delegation of the scout that ended; answers its id. */
const gave = async (task: string, status = 'completed'): Promise<string> => {
  const body = { target_id: (await canvas.workspace('Peer')).id, task, status };
  const asked = { token: scout.token, body };
  return (await canvas.ask<{ delegation_id: string }>(`POST /workspaces/${scout.id}/delegations/record`, asked)).body.delegation_id;
};

/** Each test has a workspace of its own, and only that in its inbox. */
async function aScout(name: string): Promise<string> {
  scout = await canvas.workspace(name);
  return `workspace=${scout.id}`;
}

test('what a workspace says is one incident while it goes on, in words that are scrubbed, with what came along named', async () => {
  const own = await aScout('Scout');
  const secret = ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_');
  const first = await say(`Look\nat ${secret}`, { attachments: [{ name: 'report.pdf', url: 'http://127.0.0.1:1/x' }] });
  canvas.platform.now += 59 * 60_000;
  const second = await say('And again <b>bold</b>');
  expect([first, second]).toEqual([
    { status: 'sent', incident_id: expect.any(String) },
    { status: 'sent', incident_id: first.incident_id },
  ]);
  const page = await inbox('ada', own);
  expect(page.items).toMatchObject([
    { id: first.incident_id, kind: 'agent_message', severity: 'info', count: 2, unread: true, title: 'Scout: And again <b>bold</b>' },
  ]);
  const { body } = await canvas.ask<IncidentDetail>(`GET /inbox/${first.incident_id}`, as('ada'));
  expect(body.entries.map(({ kind, text, attachments }) => [kind, text, attachments])).toEqual([
    ['said', 'And again <b>bold</b>', []],
    ['said', 'Look\nat [REDACTED:GITHUB_PAT]', [{ name: 'report.pdf', url: 'http://127.0.0.1:1/x' }]],
  ]);
  canvas.platform.now += 61 * 60_000;
  const third = await say('Much later');
  expect(third.incident_id).not.toBe(first.incident_id);
  expect((await inbox('ada', `view=all&${own}`)).items.map(({ id, closed_at }) => [id, closed_at === null])).toEqual([
    [third.incident_id, true],
    [first.incident_id, false],
  ]);
});

test('a message that is too long, empty, or said for somebody else is refused with the reason', async () => {
  await aScout('Refused');
  const other = await canvas.workspace('Other');
  const send = (id: string, body: unknown) => canvas.refusal(`POST /workspaces/${id}/notify`, { token: scout.token, body });
  expect(await send(scout.id, { message: 'x'.repeat(8001) })).toMatchObject({
    status: 400,
    body: { code: 'bad_request', error: expect.stringContaining('8000') },
  });
  expect((await send(scout.id, { message: '' })).status).toBe(400);
  expect((await send(other.id, { message: 'x' })).status).toBe(403);
});

test('the result of a delegation is told once, whether it was named or only its words', async () => {
  const own = await aScout('Delegator');
  const id = await gave('Count the lines');
  await gave('Count the files');
  await gave('Count the files', 'failed');
  const words = 'Delegation completed: Count the files\nResult: 12';
  const [named, again, said, saidAgain, failed] = [
    await say('It is done', { delegation_id: id }),
    await say('It is done, as I said', { delegation_id: id }),
    await say(words, { type: 'delegation_result' }),
    await say(words, { type: 'delegation_result' }),
    await say('Delegation failed: Count the files', { type: 'delegation_result' }),
  ];
  expect([again.duplicate, saidAgain.duplicate, said.duplicate]).toEqual([true, true, undefined]);
  expect(again.incident_id).toBe(named.incident_id);
  expect(
    (await inbox('ada', `kind=delegation&${own}`)).items.map(({ id: incident, count, severity }) => [incident, count, severity]),
  ).toEqual([
    [failed.incident_id, 1, 'warning'],
    [said.incident_id, 1, 'info'],
    [named.incident_id, 1, 'info'],
  ]);
});

test('results that no delegation fits share one incident, which is no warning and files the same words once', async () => {
  const own = await aScout('Inventor');
  const result = (number: number, more = {}) => say(`Delegation failed: task ${number}`, { type: 'delegation_result', ...more });
  const first = await result(1);
  const others = await Promise.all([result(2), result(3, { delegation_id: 'invented' }), say('Done', { delegation_id: 'invented-too' })]);
  const again = [await result(1), await result(3)];
  canvas.platform.now += 1000;
  expect(new Set([first, ...others, ...again].map(({ incident_id }) => incident_id)).size).toBe(1);
  expect([...others, ...again].map(({ duplicate = false }) => duplicate)).toEqual([false, false, false, true, true]);
  expect((await inbox('ada', own)).items).toMatchObject([{ kind: 'delegation', severity: 'info', count: 4, delegation_id: null }]);
});

test('what an agent says of a delegation in its own words is filed beside the result, whichever comes first, and leads to it', async () => {
  const own = await aScout('Speaker');
  const [first, second] = [await gave('Count the files'), await gave('Count the lines')];
  const own_words = { type: 'agent_message' };
  const answers = [
    await say('Twelve files, and one is broken', { ...own_words, delegation_id: first }),
    await say('Delegation completed: Count the files\nResult: 12', { type: 'delegation_result', delegation_id: first }),
    await say('Delegation completed: Count the lines\nResult: 99', { type: 'delegation_result', delegation_id: second }),
    await say('And ninety-nine lines', { ...own_words, delegation_id: second }),
  ];
  canvas.platform.now += 1000;
  const words = async () => (await inbox('ada', `kind=agent_message&${own}`)).items;
  expect(await words()).toMatchObject([{ count: 2, detail: 'And ninety-nine lines', delegation_id: second }]);
  answers.push(await say('I am done', { ...own_words, delegation_id: 'not-known' }));
  expect(answers.map(({ duplicate }) => duplicate)).toEqual(Array(5).fill(undefined));
  expect(await words()).toMatchObject([{ count: 3, detail: 'I am done', delegation_id: null }]);
  const results = (await inbox('ada', `kind=delegation&${own}`)).items;
  expect(new Set(results.map(({ delegation_id }) => delegation_id))).toEqual(new Set([first, second]));
});

test('two people read, mute and set for themselves; what one takes care of, both see', async () => {
  const own = await aScout('Shared');
  const { incident_id: id } = await say('Please look');
  const read = async (body: unknown) => (await canvas.ask<ReadAnswer>('POST /inbox/read', { ...as('ada'), body })).body;
  const unread = async () => Promise.all((['ada', 'bo'] as const).map(async (person) => (await inbox(person, own)).items.length));
  expect(await unread()).toEqual([1, 1]);
  expect((await read({ ids: [id, 'nothing'] })).ids).toEqual([id]);
  expect(await unread()).toEqual([0, 1]);
  expect((await read({ ids: [id], read: false })).ids).toEqual([id]);
  expect(await unread()).toEqual([1, 1]);

  const everything = await read({ all: true });
  expect(everything.ids).toContain(id);
  expect(everything.counts.unread).toBe(0);
  canvas.platform.now += 1;
  await say('And one more thing');
  expect(await unread()).toEqual([1, 1]);

  const mute = (
    await canvas.ask<Mute>('POST /mutes', { ...as('ada'), body: { workspace_id: scout.id, until: canvas.platform.now + 1000 } })
  ).body;
  expect(mute).toMatchObject({ workspace_name: 'Shared', kind: null });
  expect(await unread()).toEqual([0, 1]);
  expect((await inbox('ada', `view=open&${own}`)).items).toMatchObject([{ unread: false, muted_by: mute.id }]);
  expect((await canvas.ask(`DELETE /mutes/${mute.id}`, as('bo'))).status).toBe(404);
  canvas.platform.now += 1000;
  expect(await unread()).toEqual([1, 1]);

  const assign = async (to: string) => (await canvas.ask<InboxItem>(`POST /inbox/${id}/assign`, { ...as('ada'), body: { to } })).body;
  expect(await assign('me')).toMatchObject({ assignee_name: 'Ada', mine: true });
  expect((await inbox('ada', `view=mine&${own}`)).items).toHaveLength(1);
  expect((await inbox('bo', `view=mine&${own}`)).items).toHaveLength(0);
  expect((await inbox('bo', `view=open&${own}`)).items).toMatchObject([{ assignee_name: 'Ada', mine: false }]);
  expect(await assign('nobody')).toMatchObject({ assignee_id: null });
  const events = (await canvas.ask<{ type: string; data: unknown }[]>(`GET /events/${scout.id}`, as('bo'))).body;
  const changes = events.flatMap(({ type, data }) => (type === 'incident.changed' ? [(data as { change: string }).change] : []));
  expect(changes).toEqual(['assigned', 'assigned', 'opened']);
});

test('preferences merge place by place, and null takes away', async () => {
  const set = async (body: unknown) => (await canvas.ask<Preferences>('PATCH /preferences', { ...as('ada'), body })).body;
  const hours = { from: '22:00', to: '07:00', zone: 'Europe/Berlin' };
  await set({ map: { a: [1, 2], b: [3, 4] }, quiet_hours: hours });
  expect(await set({ map: { a: null, c: [5, 6] }, toasts: false })).toEqual({
    quiet_hours: { ...hours, let_critical_through: true },
    toasts: false,
    map: { b: [3, 4], c: [5, 6] },
  });
  expect((await canvas.ask<Preferences>('GET /preferences', as('bo'))).body).toEqual({ quiet_hours: null, toasts: true, map: {} });
  expect(await set({ map: null, quiet_hours: null })).toEqual({ quiet_hours: null, toasts: false, map: {} });
  const wrong = await canvas.refusal('PATCH /preferences', { ...as('ada'), body: { quiet_hours: { ...hours, zone: 'Mars/Base' } } });
  expect([wrong.status, wrong.body.error]).toEqual([400, expect.stringContaining('time zone')]);
});
