import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { type Db, inSoftTransaction, inTransaction } from './in-transaction.ts';
import { getMeta, setMeta } from './meta.ts';
import { sqliteFile } from './open-sqlite.ts';
import { sqliteDatabase } from './sqlite-database.ts';
import { eachEngine } from './test-engines.ts';
import { aWorkspace } from './test-rows.ts';
import { insertWorkspace } from './workspaces.ts';

eachEngine('a transaction', (engine) => {
  test('keeps all or nothing', async () => {
    const store = await engine.open();
    const failing = inTransaction(store, async (tx) => {
      await setMeta(tx, 'a', '1');
      expect(await getMeta(tx, 'a')).toBe('1');
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await getMeta(store.db, 'a')).toBeNull();
    expect(await inTransaction(store, (tx) => setMeta(tx, 'a', '2').then(() => 'done'))).toBe('done');
    expect(await getMeta(store.db, 'a')).toBe('2');
  });

  test('a soft one keeps all or nothing as well, and alone does not wait for the disk', async () => {
    const store = await engine.open();
    const waits = async (db: Db) => {
      if (engine.name === 'sqlite') return (await sql<{ synchronous: number }>`pragma synchronous`.execute(db)).rows[0]?.synchronous === 2;
      return (await sql<{ synchronous_commit: string }>`show synchronous_commit`.execute(db)).rows[0]?.synchronous_commit === 'on';
    };
    for (let round = 0; round < 2; round += 1) {
      expect(await inTransaction(store, waits)).toBe(true);
      const failing = inSoftTransaction(store, async (tx) => {
        expect(await waits(tx)).toBe(false);
        await setMeta(tx, 'a', '1');
        throw new Error('changed my mind');
      });
      await expect(failing).rejects.toThrow('changed my mind');
      expect(await getMeta(store.db, 'a')).toBeNull();
    }
    expect(await inTransaction(store, waits)).toBe(true);
    expect(await inSoftTransaction(store, (tx) => setMeta(tx, 'a', '2').then(() => 'done'))).toBe('done');
    expect(await getMeta(store.db, 'a')).toBe('2');
    expect(await waits(store.db)).toBe(true);
  });

  test('answers a broken uniqueness as a conflict, without the values', async () => {
    const store = await engine.open();
    const row = aWorkspace({ name: 'private name' });
    await insertWorkspace(store.db, row);
    const again = await inTransaction(store, (tx) => insertWorkspace(tx, row)).catch((error: unknown) => error as Error);
    expect(again).toMatchObject({ code: 'conflict' });
    const sameName = await inTransaction(store, (tx) => insertWorkspace(tx, aWorkspace({ name: 'private name' }))).catch(
      (error: unknown) => error as Error,
    );
    expect(sameName).toMatchObject({ code: 'conflict', message: expect.stringContaining('workspaces_name_under_parent') });
    expect(String(sameName)).not.toContain('private name');
  });

  test('is run again when another writer was in the way', async () => {
    const place = await engine.place();
    const store = await engine.open(place);
    let runs = 0;
    if (engine.name === 'sqlite') {
      const other = sqliteDatabase(sqliteFile(place.dataDir));
      other.prepare('begin').run([]);
      // This process goes on meanwhile: the one that waits must not hold it.
      let turns = 0;
      const began = performance.now();
      const timer = setInterval(() => {
        turns += 1;
        if (turns === 20) other.prepare('rollback').run([]);
      }, 10);
      await inTransaction(store, async (tx) => {
        runs += 1;
        await setMeta(tx, 'a', 'done');
      });
      clearInterval(timer);
      expect(await getMeta(store.db, 'a')).toBe('done');
      expect(performance.now() - began).toBeLessThan(4000);
      other.close();
    } else {
      await setMeta(store.db, 'x', '0');
      await setMeta(store.db, 'y', '0');
      // Each takes one row, meets the other, then wants the other's row: the server ends one of the two.
      let waiting: (() => void) | null = null;
      const meet = () =>
        new Promise<void>((resolve) => {
          if (waiting) {
            waiting();
            resolve();
          } else waiting = resolve;
        });
      const cross = (mine: string, theirs: string) => {
        let first = true;
        return inTransaction(store, async (tx) => {
          runs += 1;
          await setMeta(tx, mine, 'taken');
          if (first) {
            first = false;
            await meet();
          }
          await setMeta(tx, theirs, 'taken');
        });
      };
      await Promise.all([cross('x', 'y'), cross('y', 'x')]);
    }
    // SQLite refuses the BEGIN, before the work; PostgreSQL ends one of the two in the middle of it.
    expect(runs).toBe(engine.name === 'sqlite' ? 1 : 3);
  });

  test('says that the store is busy when the others never stop', async () => {
    const store = await engine.open();
    let runs = 0;
    const stuck = inTransaction(store, async () => {
      runs += 1;
      throw Object.assign(new Error('could not serialize'), { code: '40001' });
    });
    await expect(stuck).rejects.toMatchObject({ code: 'overloaded' });
    expect(runs).toBeGreaterThan(6);
  });
});

eachEngine('the outer handle inside a transaction', (engine) => {
  test(engine.name === 'sqlite' ? 'waits for the end of that transaction' : 'does not see what it wrote', async () => {
    const store = await engine.open();
    const order: string[] = [];
    let outer: Promise<unknown> = Promise.resolve();
    await inTransaction(store, async (tx) => {
      await setMeta(tx, 'a', '1');
      outer = getMeta(store.db, 'a').then((value) => order.push(`outer read ${value}`));
      if (engine.name === 'postgres') await outer;
      await sql`select 1`.execute(tx);
      order.push('transaction ends');
    });
    await outer;
    expect(order).toEqual(engine.name === 'sqlite' ? ['transaction ends', 'outer read 1'] : ['outer read null', 'transaction ends']);
  });
});
