import { expect, test } from 'vitest';
import type { IncidentState } from '#lib/domain/incident-state.ts';
import type { Db } from './in-transaction.ts';
import { type InboxFilter, inboxCounts, inboxItem, inboxPage, markAllRead, markRead } from './inbox.ts';
import { saveIncident } from './incidents.ts';
import { deleteMute, insertMute, mutesOf, pruneMutes } from './mutes.ts';
import { preferencesOf, savePreferences } from './preferences.ts';
import { eachEngine } from './test-engines.ts';
import { anIncident } from './test-incidents.ts';

const ada = { personId: 'ada', now: 5000 };
const bo = { personId: 'bo', now: 5000 };

/** Incidents by id, with the news of each in the order in which they are given. */
async function given(db: Db, some: Record<string, Partial<IncidentState>>): Promise<void> {
  for (const [at, [id, more]] of Object.entries(some).entries()) {
    await saveIncident(db, anIncident(id, { last_at: 1000 + at, rev: 1000 + at, ...more }));
  }
}

async function ids(db: Db, reader: typeof ada, filter: Partial<InboxFilter> = {}): Promise<string> {
  const { rows } = await inboxPage(db, reader, { view: 'unread', limit: 50, ...filter });
  return rows.map(({ incident }) => incident.id).join(' ');
}

eachEngine('the inbox', (engine) => {
  test('shows each view, newest news first, and counts', async () => {
    const { db } = await engine.open();
    await given(db, { a: {}, b: { closed_at: 2000 }, part: { part_of: 'm' }, c: { assignee_id: 'ada', kind: 'wedged' } });
    expect(await ids(db, ada)).toBe('c b a');
    expect(await ids(db, ada, { view: 'open' })).toBe('c a');
    expect(await ids(db, ada, { view: 'mine' })).toBe('c');
    expect(await ids(db, bo, { view: 'mine' })).toBe('');
    expect(await ids(db, ada, { view: 'all' })).toBe('c part b a');
    expect(await ids(db, ada, { view: 'all', kind: 'wedged' })).toBe('c');
    expect(await ids(db, ada, { view: 'all', workspace: 'w-part' })).toBe('part');
    expect(await inboxCounts(db, ada)).toEqual({ unread: 3, unread_alerts: 3, open: 2, mine: 1 });
    expect(await inboxItem(db, ada, 'part')).toMatchObject({ unread: false, incident: { id: 'part' } });
    expect(await inboxItem(db, ada, 'none')).toBeNull();
  });

  test('counts the unread ones that need a person apart from those that only tell something', async () => {
    const { db } = await engine.open();
    await given(db, { worst: { severity: 'critical' }, bad: { severity: 'warning' }, part: { severity: 'critical', part_of: 'm' } });
    await given(db, Object.fromEntries(Array.from('abc', (id) => [id, { severity: 'info', kind: 'delegation' } as const])));
    expect(await inboxCounts(db, ada)).toMatchObject({ unread: 5, unread_alerts: 2 });
    await markRead(db, ada, ['worst', 'a'], true);
    expect(await inboxCounts(db, ada)).toMatchObject({ unread: 3, unread_alerts: 1 });
    expect(await inboxCounts(db, bo)).toMatchObject({ unread: 5, unread_alerts: 2 });
    await markAllRead(db, ada, 5000);
    await markRead(db, ada, ['worst', 'a'], false);
    expect(await inboxCounts(db, ada)).toMatchObject({ unread: 2, unread_alerts: 1 });
  });

  test('goes page by page without losing or doubling one, also where times are the same', async () => {
    const { db } = await engine.open();
    await given(db, Object.fromEntries(Array.from('abcdefg', (id) => [id, { last_at: id < 'e' ? 1000 : 2000 }])));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await inboxPage(db, ada, { view: 'all', limit: 2, cursor });
      seen.push(...page.rows.map(({ incident }) => incident.id));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(seen.join('')).toBe('gfedcba');
    await expect(inboxPage(db, ada, { view: 'all', limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  test('what was read is unread again with its next news, for each person by themselves', async () => {
    const { db } = await engine.open();
    await given(db, { a: {}, b: {} });
    expect(await markRead(db, ada, ['a', 'none', 'a'], true)).toEqual(['a']);
    expect(await markRead(db, ada, ['a'], true)).toEqual([]);
    expect([await ids(db, ada), await ids(db, bo)]).toEqual(['b', 'b a']);
    await given(db, { a: { rev: 2000 } });
    expect(await ids(db, ada)).toBe('b a');
    expect(await markRead(db, ada, ['a', 'b'], true)).toHaveLength(2);
    expect(await markRead(db, ada, ['b'], false)).toEqual(['b']);
    expect(await ids(db, ada)).toBe('b');
  });

  test('everything up to a time is read at once; news after it are not, and what was read can be taken back', async () => {
    const { db } = await engine.open();
    await given(db, { a: {}, b: {}, c: {}, late: { rev: 9000 } });
    await markRead(db, ada, ['a', 'late'], true);
    await markRead(db, ada, ['a'], false);
    expect(await markAllRead(db, ada, 5000)).toEqual(['c', 'b', 'a']);
    expect([await ids(db, ada), await ids(db, bo)]).toEqual(['', 'late c b a']);
    await given(db, { b: { rev: 6000 } });
    expect(await ids(db, ada)).toBe('b');
    expect(await markRead(db, ada, ['c', 'a'], false)).toHaveLength(2);
    expect(await ids(db, ada)).toBe('c b a');
    await markAllRead(db, ada, 4000);
    expect(await ids(db, ada)).toBe('b');
    const { read_rev } = await db.selectFrom('inbox_reads').select('read_rev').where('incident_id', '=', '').executeTakeFirstOrThrow();
    expect(read_rev).toBe(5000);
  });

  test('a mute covers its workspace, its kind or both while it lasts', async () => {
    const { db } = await engine.open();
    await given(db, { a: {}, b: { kind: 'wedged' }, mass: { kind: 'mass', workspace_id: null } });
    const mute = (id: string, some: object) =>
      insertMute(db, 'ada', { id, workspace_id: null, kind: null, created_at: 1, until: null, ...some });
    await mute('m1', { workspace_id: 'w-a' });
    await mute('m2', { kind: 'wedged', until: 5001 });
    await mute('m3', { kind: 'offline', workspace_id: 'w-b' });
    await mute('over', { kind: 'mass', until: 5000 });
    expect([await ids(db, ada), await ids(db, bo), await ids(db, { ...ada, now: 5001 })]).toEqual(['mass', 'mass b a', 'mass b']);
    expect((await inboxItem(db, ada, 'a'))?.muted_by).toBe('m1');
    expect(await inboxCounts(db, ada)).toMatchObject({ unread: 1, open: 3 });
    expect((await mutesOf(db, 'ada', 5000)).map(({ id }) => id).sort()).toEqual(['m1', 'm2', 'm3']);
    expect(await deleteMute(db, 'bo', 'm1')).toBeNull();
    expect(await deleteMute(db, 'ada', 'm1')).toMatchObject({ id: 'm1', workspace_id: 'w-a' });
    expect(await ids(db, ada)).toBe('mass a');
    expect(await pruneMutes(db, 5001)).toBe(1);
  });

  test('preferences are kept for each person', async () => {
    const { db } = await engine.open();
    await savePreferences(db, 'ada', { toasts: false });
    await savePreferences(db, 'ada', { toasts: true });
    expect([await preferencesOf(db, 'ada'), await preferencesOf(db, 'bo')]).toEqual([{ toasts: true }, null]);
  });
});
