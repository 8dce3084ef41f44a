import { expect, test } from 'vitest';
import { closed, type IncidentState } from '#lib/domain/incident-state.ts';
import { inTransaction } from './in-transaction.ts';
import {
  addEntries,
  countAway,
  entriesOf,
  incidentById,
  incidentsOfKeys,
  openIncidents,
  openIncidentsOf,
  openPartsOf,
  pruneIncidents,
  quietIncidents,
  type StoredEntry,
  saveAssignee,
  saveIncident,
} from './incidents.ts';
import { eachEngine } from './test-engines.ts';
import { anIncident } from './test-incidents.ts';

eachEngine('incidents', (engine) => {
  test('come back as they were kept and as they were changed, whatever is in their words', async () => {
    const { db } = await engine.open();
    const first = anIncident('a', { title: '"; drop table incidents; -- \u2028', workspace_ids: ['x'], failed_ids: ['q'], told_at: 5 });
    await saveIncident(db, first);
    expect(await incidentById(db, 'a')).toEqual(first);
    const last = { ...closed(first, 'over \u0000', 2000), count: 7, rev: 9, part_of: 'm', severity: 'warning' as const };
    await saveIncident(db, { ...last, detail: 'with \u0000' });
    expect(await incidentById(db, 'a')).toEqual({ ...last, detail: 'with \ufffd' });
    await saveAssignee(db, { ...last, assignee_id: 'ada', assignee_name: 'Ada' });
    expect(await incidentById(db, 'a')).toMatchObject({ assignee_id: 'ada', assignee_name: 'Ada', count: 7 });
    expect(await incidentById(db, 'b')).toBeNull();
  });

  test('one of a key is open at a time', async () => {
    const store = await engine.open();
    const save = (id: string, some: Partial<IncidentState> = {}) =>
      inTransaction(store, (tx) => saveIncident(tx, anIncident(id, { key: 'k', ...some })));
    await save('a');
    await expect(save('b')).rejects.toMatchObject({ code: 'conflict' });
    await save('a', { closed_at: 2000 });
    await save('b', { last_at: 1500 });
    expect((await incidentsOfKeys(store.db, ['k', 'none'])).get('k')?.id).toBe('b');
    await save('b', { last_at: 1500, closed_at: 3000 });
    expect(await incidentsOfKeys(store.db, ['k', 'none'])).toMatchObject(new Map([['k', { id: 'b' }]]));
  });

  test('are found open, by workspace, by time and kind, and by what swallowed them', async () => {
    const { db } = await engine.open();
    await saveIncident(db, anIncident('a', { last_at: 10 }));
    await saveIncident(db, anIncident('b', { last_at: 20, kind: 'failed', part_of: 'm' }));
    await saveIncident(db, anIncident('c', { last_at: 30, closed_at: 40, part_of: 'm' }));
    await saveIncident(db, anIncident('d', { last_at: 40, kind: 'wedged' }));
    const ids = (rows: IncidentState[]) => rows.map(({ id }) => id).sort();
    expect(ids(await openIncidents(db, { kinds: ['offline', 'failed', 'wedged'] }))).toEqual(['a', 'b', 'd']);
    expect(ids(await openIncidents(db, { from: 20, until: 40, kinds: ['failed', 'wedged'] }))).toEqual(['b']);
    expect(ids(await openIncidentsOf(db, 'w-a'))).toEqual(['a']);
    expect(ids(await openIncidentsOf(db, 'w-c'))).toEqual([]);
    expect(ids(await openPartsOf(db, 'm'))).toEqual(['b']);
    await saveIncident(db, anIncident('e', { part_of: 'm', workspace_id: 'w-b' }));
    expect([await countAway(db, 'm'), await countAway(db, 'none')]).toEqual([1, 0]);
  });

  test('are found quiet by the time of their kind, the oldest first', async () => {
    const { db } = await engine.open();
    await saveIncident(db, anIncident('a', { kind: 'delegation', last_at: 20 }));
    await saveIncident(db, anIncident('b', { kind: 'delegation', last_at: 10, closed_at: 11 }));
    await saveIncident(db, anIncident('c', { kind: 'injection', last_at: 9 }));
    await saveIncident(db, anIncident('d', { kind: 'injection', last_at: 10 }));
    await saveIncident(db, anIncident('e', { kind: 'wedged', last_at: 1 }));
    await saveIncident(db, anIncident('f', { kind: 'delegation', last_at: 30 }));
    const ids = async (limit: number) => (await quietIncidents(db, { delegation: 30, injection: 10 }, limit)).map(({ id }) => id);
    expect([await ids(10), await ids(1)]).toEqual([['c', 'a'], ['c']]);
  });

  test('keep their newest fifty entries, newest first', async () => {
    const { db } = await engine.open();
    const entry = (at: number, incident_id: string): StoredEntry => ({
      ...{ id: `e${String(at).padStart(4, '0')}${incident_id}`, incident_id, at, kind: 'said' as const },
      ...{ text: `no ${at}`, attachments: [{ name: 'x' }] },
    });
    await addEntries(
      db,
      Array.from({ length: 130 }, (_, at) => entry(at, 'a')),
    );
    await addEntries(db, [entry(1, 'b'), entry(500, 'a')]);
    const kept = await entriesOf(db, 'a');
    expect([kept.length, kept[0]?.at, kept.at(-1)?.at]).toEqual([50, 500, 81]);
    expect(await entriesOf(db, 'b')).toEqual([{ id: 'e0001b', at: 1, kind: 'said', text: 'no 1', attachments: [{ name: 'x' }] }]);
  });

  test('are removed long after they were closed, with all that hangs on them', async () => {
    const store = await engine.open();
    await saveIncident(store.db, anIncident('old', { closed_at: 1500 }));
    await saveIncident(store.db, anIncident('open'));
    await saveIncident(store.db, anIncident('late', { closed_at: 3000 }));
    for (const incident_id of ['old', 'open']) {
      await addEntries(store.db, [{ id: `e-${incident_id}`, incident_id, at: 1, kind: 'opened', text: '', attachments: [] }]);
      await store.db.insertInto('inbox_reads').values({ person_id: 'p', incident_id, read_rev: 1 }).execute();
    }
    expect(await inTransaction(store, (tx) => pruneIncidents(tx, 2000))).toBe(1);
    expect([
      await incidentById(store.db, 'old'),
      (await incidentById(store.db, 'open'))?.id,
      (await incidentById(store.db, 'late'))?.id,
    ]).toEqual([null, 'open', 'late']);
    expect([await entriesOf(store.db, 'old'), (await entriesOf(store.db, 'open')).length]).toEqual([[], 1]);
    expect(await store.db.selectFrom('inbox_reads').select('incident_id').execute()).toEqual([{ incident_id: 'open' }]);
  });
});
