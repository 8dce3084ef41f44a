import { expect, test } from 'vitest';
import { inSoftTransaction, inTransaction } from './in-transaction.ts';
import { getMeta, setMeta } from './meta.ts';
import { openStore } from './open-store.ts';
import { limitDisk } from './test-disk.ts';
import { eachEngine } from './test-engines.ts';
import { postgresPrograms, startPostgres } from './test-postgres.ts';

eachEngine('a failing store', (engine) => {
  if (engine.name === 'sqlite') {
    test('says that the disk is full, in a transaction, outside one and when it is asked how it is', async () => {
      const store = await engine.open();
      await setMeta(store.db, 'small', '1');
      await limitDisk(store, 0);
      const full = { code: 'unavailable', message: expect.stringContaining("The store's disk is full (SQLITE_FULL)") };
      const big = 'x'.repeat(64 * 1024);
      await expect(inTransaction(store, (tx) => setMeta(tx, 'big', big))).rejects.toMatchObject(full);
      await expect(inSoftTransaction(store, (tx) => setMeta(tx, 'big', big))).rejects.toMatchObject(full);
      await expect(setMeta(store.db, 'big', big)).rejects.toMatchObject(full);
      await expect(store.ping()).rejects.toMatchObject(full);
      expect(await getMeta(store.db, 'small')).toBe('1');
      await limitDisk(store, 1_000_000);
      await store.ping();
      await inTransaction(store, (tx) => setMeta(tx, 'big', big));
      expect(await getMeta(store.db, 'ping')).toBeNull();
    });
    return;
  }

  test('says that the server is gone, to a read outside a transaction too', async () => {
    const server = await startPostgres(postgresPrograms() ?? '');
    const store = await openStore({ dataDir: engine.folder(), databaseUrl: await server.freshDatabase() });
    await setMeta(store.db, 'a', '1');
    const interrupted = inTransaction(store, async (tx) => {
      await setMeta(tx, 'a', '2');
      await server.stop();
      await setMeta(tx, 'a', '3');
    });
    await expect(interrupted).rejects.toMatchObject({ code: 'unavailable' });
    await expect(getMeta(store.db, 'a')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('does not answer'),
    });
    await expect(store.ping()).rejects.toMatchObject({ code: 'unavailable' });
    await store.close();
  });
});
