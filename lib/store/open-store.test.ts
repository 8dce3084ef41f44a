import { once } from 'node:events';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { MIGRATIONS } from './migrations.ts';
import { openStore } from './open-store.ts';
import { eachEngine } from './test-engines.ts';

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

eachEngine('opening', (engine) => {
  test('answers a ping until it is closed, and opens again', async () => {
    const place = await engine.place();
    const store = await openStore(place);
    expect(store.engine).toBe(engine.name);
    await store.ping();
    await store.close();
    await expect(store.ping()).rejects.toThrow();
    await (await engine.open(place)).ping();
  });

  test('gives big integers and counts as numbers', async () => {
    const store = await engine.open();
    await store.db.updateTable('counters').set({ value: 1_763_683_200_123 }).execute();
    const row = await store.db
      .selectFrom('counters')
      .select((eb) => ['value', eb.fn.countAll<number>().as('count'), eb.fn.sum<number>('value').as('sum')])
      .groupBy('value')
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ value: 1_763_683_200_123, count: 1, sum: 1_763_683_200_123 });
  });

  test('makes the tables of others once, with the schema there already', async () => {
    const place = await engine.place();
    const made: string[] = [];
    const prepare = async (store: {
      db: { schema: { createTable(name: string): { ifNotExists(): { addColumn(n: string, t: 'text'): { execute(): Promise<void> } } } } };
      ping(): Promise<void>;
    }) => {
      await store.ping();
      made.push('prepared');
      await store.db.schema.createTable('session').ifNotExists().addColumn('id', 'text').execute();
    };
    const store = await engine.open({ ...place, prepare });
    expect(made).toEqual(['prepared']);
    await sql`select id from session`.execute(store.db);
  });

  test('refuses a database made by a newer Canvas, by name', async () => {
    const place = await engine.place();
    const future = { name: '099-from-the-future', up: async () => {} };
    await (await openStore({ ...place, migrations: [...MIGRATIONS, future] })).close();
    await expect(openStore(place)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('099-from-the-future') });
  });

  test('leaves nothing of a migration that fails, and says why', async () => {
    const place = await engine.place();
    const failing = {
      name: '002-fails',
      up: async (tx: Parameters<(typeof MIGRATIONS)[number]['up']>[0]) => {
        await tx.schema.createTable('half').addColumn('id', 'text').execute();
        throw new Error('no second half');
      },
    };
    await expect(openStore({ ...place, migrations: [...MIGRATIONS, failing] })).rejects.toThrow('no second half');
    const store = await engine.open(place);
    expect((await store.db.introspection.getTables()).map((table) => table.name)).not.toContain('half');
  });
});

eachEngine('the limits of the engine', (engine) => {
  if (engine.name === 'postgres') {
    test('survives that the server ends its connections', async () => {
      const place = await engine.place();
      const store = await engine.open(place);
      await store.ping();
      await engine.cutConnections(place);
      await store.ping().catch((error: unknown) => expect(error).toMatchObject({ code: 'unavailable' }));
      await store.ping();
    });

    test('says which server refused, without the password', async () => {
      const deaf = createServer().listen(0, '127.0.0.1');
      await once(deaf, 'listening');
      const port = (deaf.address() as { port: number }).port;
      deaf.close();
      await once(deaf, 'close');
      const opening = openStore({ dataDir: engine.folder(), databaseUrl: `postgres://someone:hush-hush@127.0.0.1:${port}/canvas` });
      const refusal = await opening.catch((error: unknown) => error as Error);
      expect(refusal).toMatchObject({ code: 'unavailable', message: expect.stringContaining(`someone@127.0.0.1:${port}/canvas`) });
      expect(String(refusal)).not.toContain('hush-hush');
    });

    test('says that the database does not exist', async () => {
      const { databaseUrl = '' } = await engine.place();
      const opening = openStore({ dataDir: engine.folder(), databaseUrl: databaseUrl.replace(/test_\d+/, 'nowhere') });
      await expect(opening).rejects.toMatchObject({ code: 'unavailable', message: expect.stringContaining('"nowhere" does not exist') });
    });

    test('refuses an address that is none, without repeating it', async () => {
      for (const databaseUrl of ['mysql://someone:hush-hush@db/canvas', 'hush-hush']) {
        const refusal = await openStore({ dataDir: engine.folder(), databaseUrl }).catch((error: unknown) => error as Error);
        expect(refusal).toMatchObject({ code: 'bad_request' });
        expect(String(refusal)).not.toContain('hush-hush');
      }
    });
    return;
  }

  test('sets the pragmas on every connection', async () => {
    const place = await engine.place();
    for (const store of [await engine.open(place), await engine.open(place)]) {
      const read = async (name: string) => Object.values((await sql.raw(`pragma ${name}`).execute(store.db)).rows[0] as object)[0];
      expect(await read('journal_mode')).toBe('wal');
      expect(await read('synchronous')).toBe(2);
      expect(await read('busy_timeout')).toBe(20);
      expect(await read('foreign_keys')).toBe(1);
    }
  });

  test('keeps its folder and files to itself, also where they were open before', async () => {
    const dataDir = join(engine.folder(), 'data');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'canvas.db'), '');
    chmodSync(dataDir, 0o755);
    chmodSync(join(dataDir, 'canvas.db'), 0o644);
    await engine.open({ dataDir });
    expect(modeOf(dataDir)).toBe('700');
    for (const name of ['canvas.db', 'canvas.db-wal', 'canvas.db-shm', 'canvas.db.lock'])
      expect([name, modeOf(join(dataDir, name))]).toEqual([name, '600']);
  });

  test('says what is wrong with the folder or the file', async () => {
    const folder = engine.folder();
    writeFileSync(join(folder, 'file'), '');
    await expect(openStore({ dataDir: join(folder, 'file') })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('CANVAS_DATA_DIR'),
    });
    writeFileSync(join(folder, 'canvas.db'), 'this is no database, but text that is long enough to look at '.repeat(20));
    await expect(openStore({ dataDir: folder })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('restore a backup'),
    });
  });

  test('takes booleans and dates, of which the driver itself would die', async () => {
    const store = await engine.open();
    const { rows } = await sql<{
      yes: number;
      no: number;
      at: string;
    }>`select ${true} as yes, ${false} as no, ${new Date(0)} as at`.execute(store.db);
    expect(rows).toEqual([{ yes: 1, no: 0, at: '1970-01-01T00:00:00.000Z' }]);
  });
});
