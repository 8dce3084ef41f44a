import { expect, test } from 'vitest';
import { newFacts } from '#lib/domain/workspace-facts.ts';
import { insertAudit } from './audit.ts';
import { inTransaction } from './in-transaction.ts';
import { eachEngine } from './test-engines.ts';
import { aWorkspace } from './test-rows.ts';
import { allFacts, saveFacts } from './workspace-facts.ts';
import { allWorkspaces, insertWorkspace, markRemoved, removedIds, setDesired, updateWorkspace } from './workspaces.ts';

eachEngine('workspaces', (engine) => {
  test('come back as they were given', async () => {
    const store = await engine.open();
    const full = aWorkspace({
      id: 'lead',
      role: 'Leitung & “Führung” 日本',
      runtime: 'claude-code',
      provisioner: 'process',
      delivery_mode: 'poll',
      url: 'http://127.0.0.1:9/?a=b%20c',
      labels: { team: 'a "b" \\ c', 'x/y': '😀' },
      config: { nested: { list: [1, 2.5, null, false, 'NUL \u0000'] }, big: 1_763_683_200_123 },
      agent_card: { name: 'n', skills: [] },
      desired: 'stopped',
    });
    const plain = aWorkspace({ id: 'second', parent_id: 'lead', created_at: 2000 });
    await insertWorkspace(store.db, full);
    await insertWorkspace(store.db, plain);
    expect(await allWorkspaces(store.db)).toEqual([full, plain]);
  });

  test('change only what the patch names', async () => {
    const store = await engine.open();
    const row = aWorkspace({ labels: { a: 'b' }, config: { c: 1 }, agent_card: { name: 'old' } });
    await insertWorkspace(store.db, row);
    const changed = await updateWorkspace(store.db, row.id, { name: 'new', agent_card: null, updated_at: 5 });
    expect(changed).toEqual({ ...row, name: 'new', agent_card: null, updated_at: 5 });
    expect(await updateWorkspace(store.db, row.id, {})).toEqual(changed);
    expect(await setDesired(store.db, row.id, 'stopped', 6)).toEqual({ ...changed, desired: 'stopped', updated_at: 6 });
    expect(await updateWorkspace(store.db, 'nobody', { name: 'x' })).toBeNull();
  });

  test('once removed are told from those that never were, and do not change', async () => {
    const store = await engine.open();
    const row = aWorkspace();
    await insertWorkspace(store.db, row);
    expect(await markRemoved(store.db, row.id, 7)).toBe(true);
    expect(await markRemoved(store.db, row.id, 8)).toBe(false);
    expect(await markRemoved(store.db, 'nobody', 8)).toBe(false);
    expect(await updateWorkspace(store.db, row.id, { name: 'revived' })).toBeNull();
    expect(await allWorkspaces(store.db)).toEqual([]);
    expect(await removedIds(store.db)).toEqual([row.id]);
  });

  test('have one name under one parent, as long as they live', async () => {
    const store = await engine.open();
    const add = (some: Parameters<typeof aWorkspace>[0]) =>
      inTransaction(store, (tx) => insertWorkspace(tx, aWorkspace({ name: 'same', ...some })));
    await add({ id: 'a' });
    await add({ id: 'b', parent_id: 'a' });
    await expect(add({ id: 'c' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(add({ id: 'd', parent_id: 'a' })).rejects.toMatchObject({ code: 'conflict' });
    await markRemoved(store.db, 'a', 1);
    await add({ id: 'e' });
  });

  test('keep their facts, the newest of each', async () => {
    const store = await engine.open();
    const wedged = {
      ...newFacts(true, 5),
      wedged: { reason: 'stuck \u0000 😀', since: 1_763_683_200_123 },
      error_rate: 0.125,
      capabilities: { a: true, b: false },
    };
    const many = Array.from({ length: 450 }, (_, n) => ({ workspace_id: `w${n}`, facts: newFacts(false, n) }));
    await saveFacts(store.db, [...many, { workspace_id: 'w3', facts: wedged }], 10);
    await saveFacts(store.db, [{ workspace_id: 'w4', facts: wedged }], 20);
    const facts = await allFacts(store.db);
    expect(facts.size).toBe(450);
    expect(facts.get('w3')).toEqual({ facts: wedged, saved_at: 10 });
    expect(facts.get('w4')).toEqual({ facts: wedged, saved_at: 20 });
    expect(facts.get('w449')).toEqual({ facts: newFacts(false, 449), saved_at: 10 });
    await saveFacts(store.db, [], 30);
  });

  test('leave an audit of who did what', async () => {
    const store = await engine.open();
    const row = {
      at: 1_763_683_200_123,
      verb: 'createWorkspace',
      actor: { kind: 'operator' as const, id: 'o', name: 'Zoë' },
      workspace_id: null,
      detail: { a: [1] },
    };
    await insertAudit(store.db, row);
    await insertAudit(store.db, row);
    const kept = await store.db.selectFrom('audit').selectAll().execute();
    expect(kept.map(({ id: _id, ...rest }) => rest)).toEqual(
      [1, 2].map(() => ({ ...row, actor: JSON.stringify(row.actor), detail: '{"a":[1]}' })),
    );
  });
});
