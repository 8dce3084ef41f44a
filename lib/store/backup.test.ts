import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import Libsql from 'libsql';
import { expect, test } from 'vitest';
import { newFacts } from '#lib/domain/workspace-facts.ts';
import { backupStore } from './backup.ts';
import { saveMinutes } from './history.ts';
import { inTransaction } from './in-transaction.ts';
import { appendEvents, ledgerEpoch } from './ledger.ts';
import { setMeta } from './meta.ts';
import { MIGRATIONS } from './migrations.ts';
import { sqliteFile } from './open-sqlite.ts';
import { openStore, type StoreOptions } from './open-store.ts';
import { restoreStore } from './restore.ts';
import type { Store } from './store.ts';
import { tableShapes } from './table-shape.ts';
import { eachEngine, type TestEngine } from './test-engines.ts';
import { anEvent, aToken, aWorkspace } from './test-rows.ts';
import { insertToken } from './tokens.ts';
import { saveFacts } from './workspace-facts.ts';
import { insertWorkspace } from './workspaces.ts';

const BORN = new Date('2026-01-02T03:04:05.678Z');

/** Tables of a sign-in library, in the types that such a library takes on each engine; a session refers to its user. */
async function prepare(store: Store): Promise<void> {
  const [flag, time] = store.engine === 'postgres' ? ['boolean', 'timestamptz'] : ['integer', 'date'];
  await sql`create table if not exists "user" ("id" text not null primary key, "email" text not null unique, "emailVerified" ${sql.raw(flag)} not null, "createdAt" ${sql.raw(time)} not null)`.execute(
    store.db,
  );
  await sql`create table if not exists "account" ("id" text not null primary key, "userId" text not null references "user" ("id") on delete cascade, "note" text)`.execute(
    store.db,
  );
}

async function fill(place: StoreOptions): Promise<void> {
  const store = await openStore({ ...place, prepare });
  await insertWorkspace(store.db, aWorkspace({ id: 'w', name: 'Zoë "q" 😀', labels: { a: '\\' }, agent_card: { n: [1, null] } }));
  await insertToken(store.db, aToken({ id: 't', expires_at: 1_763_683_200_123 }));
  await saveFacts(store.db, [{ workspace_id: 'w', facts: newFacts(true, 1) }], 2);
  await saveMinutes(
    store.db,
    Array.from({ length: 1500 }, (_, n) => ({ workspace_id: `w${n}`, hour: 7, minutes: [] })),
  );
  await inTransaction(store, (tx) => appendEvents(tx, [anEvent('one'), anEvent('two')]));
  const yes = store.engine === 'postgres' ? true : 1;
  await sql`insert into "user" values ('u', 'a@example.org', ${yes}, ${BORN})`.execute(store.db);
  await sql`insert into "account" values ('s', 'u', null)`.execute(store.db);
  await store.close();
}

/** libsql has no way to end a statement: a closed SQLite connection lets go of its file some time after its statements are collected. */
async function letGo({ dataDir }: StoreOptions): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const isFree = () => {
    collectGarbage();
    return isAlone(sqliteFile(dataDir));
  };
  await expect.poll(isFree).toBe(true);
}

/** Whether no other connection is there. Statements that are executed and not prepared leave nothing behind. */
function isAlone(file: string): boolean {
  const database = new Libsql(file);
  try {
    database.exec('PRAGMA busy_timeout = 0');
    database.exec('PRAGMA journal_mode = DELETE');
    return true;
  } catch {
    return false;
  } finally {
    database.close();
  }
}

/** Every row of every table, as the store at `place` has them; times and flags as both engines can say them. */
async function everything(engine: TestEngine, place: StoreOptions): Promise<Record<string, unknown[]>> {
  const store = await engine.open(place);
  const found: Record<string, unknown[]> = {};
  for (const { name, columns } of await tableShapes(store.db, store.engine)) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(store.db);
    found[name] = rows
      .map((row) =>
        JSON.stringify(columns.map(({ name: column }) => (typeof row[column] === 'boolean' ? Number(row[column]) : row[column]))),
      )
      .sort();
  }
  await store.close();
  if (engine.name === 'sqlite') await letGo(place);
  return found;
}

function withoutEpoch(rows: Record<string, unknown[]>) {
  return {
    ...rows,
    meta: rows['meta']?.filter((row) => !String(row).includes('ledger_epoch')),
    schema_migrations: rows['schema_migrations']?.length,
  };
}

/** What `fill` writes, and one for each step of the schema. */
const ROWS = 1509 + MIGRATIONS.length;

eachEngine('backup and restore', (engine) => {
  const backedUp = async () => {
    const place = await engine.place();
    await fill(place);
    const file = join(engine.folder(), 'backup');
    return { place, file, made: await backupStore({ ...place, file }) };
  };

  test('carry everything over into an empty place, with a new epoch of the ledger', async () => {
    const { place, file, made } = await backedUp();
    expect(made).toEqual({ tables: 32, rows: ROWS });
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    const target = await engine.place();
    expect(await restoreStore({ ...target, file, replace: false, prepare })).toEqual(made);
    expect(withoutEpoch(await everything(engine, target))).toEqual(withoutEpoch(await everything(engine, place)));
    const [before, after] = [await engine.open(place), await engine.open(target)];
    expect(await ledgerEpoch(after.db)).not.toBe(await ledgerEpoch(before.db));
    const [next] = await inTransaction(after, (tx) => appendEvents(tx, [anEvent('three')]));
    expect(next?.seq).toBe(3);
  });

  test('make the tables of others as they were described when nobody else makes them', async () => {
    const { place, file } = await backedUp();
    const target = await engine.place();
    await restoreStore({ ...target, file, replace: false });
    expect(withoutEpoch(await everything(engine, target))).toEqual(withoutEpoch(await everything(engine, place)));
    const store = await engine.open(target);
    await expect(sql`insert into "user" select * from "user"`.execute(store.db)).rejects.toMatchObject({ code: 'conflict' });
    await expect(sql`insert into "account" values ('x', null, null)`.execute(store.db)).rejects.toThrow(/null/i);
  });

  test('go from one engine to the other and back', async () => {
    const { place, file } = await backedUp();
    const embedded = { dataDir: engine.folder() };
    const back = await engine.place();
    const second = join(engine.folder(), 'second');
    await restoreStore({ ...embedded, file, replace: false, prepare });
    await backupStore({ ...embedded, file: second });
    await restoreStore({ ...back, file: second, replace: false, prepare });
    const original = withoutEpoch(await everything(engine, place));
    expect(withoutEpoch(await everything(engine, embedded))).toEqual(original);
    expect(withoutEpoch(await everything(engine, back))).toEqual(original);
  });

  test('keep what is there unless it is to be replaced, and then replace all of it', async () => {
    const { place, file } = await backedUp();
    const target = await engine.place();
    const store = await openStore(target);
    await insertWorkspace(store.db, aWorkspace({ id: 'precious' }));
    await sql`create table leftover (id text)`.execute(store.db);
    await store.close();
    const before = await everything(engine, target);
    await expect(restoreStore({ ...target, file, replace: false })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('--replace'),
    });
    expect(await everything(engine, target)).toEqual(before);
    await restoreStore({ ...target, file, replace: true });
    expect(withoutEpoch(await everything(engine, target))).toEqual(withoutEpoch(await everything(engine, place)));
  });

  test('refuse a store on which Canvas runs, even to replace it', async () => {
    const { place, file } = await backedUp();
    const store = await engine.open(place);
    await setMeta(store.db, 'still', 'here');
    await expect(restoreStore({ ...place, file, replace: true })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Stop it'),
    });
    await store.ping();
    await backupStore({ ...place, file });
    expect(gunzipSync(readFileSync(file)).toString()).toContain('["still","here"]');
  });

  test('keep nobody from writing while the copy is made', async () => {
    const { place } = await backedUp();
    const store = await engine.open(place);
    await saveMinutes(
      store.db,
      Array.from({ length: 20_000 }, (_, n) => ({ workspace_id: `w${n}`, hour: 8, minutes: [] })),
    );
    const folder = engine.folder();
    const ends: string[] = [];
    const copying = backupStore({ ...place, file: join(folder, 'copy') }).then(() => ends.push('copied'));
    while (readdirSync(folder).length === 0) await new Promise((resolve) => setImmediate(resolve));
    await inTransaction(store, (tx) => setMeta(tx, 'written', 'meanwhile'));
    ends.push('written');
    await copying;
    expect(ends).toEqual(['written', 'copied']);
    expect(gunzipSync(readFileSync(join(folder, 'copy'))).toString()).not.toContain('meanwhile');
  });

  test('refuse a file that is damaged, foreign or newer, and change nothing', async () => {
    const { place, file } = await backedUp();
    const before = await everything(engine, place);
    const bytes = readFileSync(file);
    const lines = gunzipSync(bytes).toString().split('\n');
    const [header = '', ...rest] = lines;
    const flipped = Buffer.from(bytes);
    flipped.writeUInt8(flipped.readUInt8(bytes.length >> 1) ^ 0xff, bytes.length >> 1);
    const packed = (text: string) => gzipSync(text);
    const bad: [string, Buffer, RegExp][] = [
      ['cut', bytes.subarray(0, bytes.length - 20), /damaged/],
      ['flipped', flipped, /damaged/],
      ['empty', Buffer.alloc(0), /damaged/],
      ['text', Buffer.from('no backup'), /damaged/],
      ['foreign', packed('{"some":"thing"}\n'), /not the header/],
      ['without end', packed(lines.slice(0, -2).join('\n').concat('\n')), /its end is missing/],
      [
        'row lost',
        packed([header, ...rest.filter((line) => !line.startsWith('["w3",'))].join('\n')),
        new RegExp(`${ROWS - 1} rows instead of ${ROWS}`),
      ],
      ['row bent', packed(lines.join('\n').replace('["w3",', '["w3",1,')), /does not fit the table history_minutes/],
      ['newer format', packed(lines.join('\n').replace('"canvas_backup":1', '"canvas_backup":2')), /newer Canvas.*format 2/],
      ['newer schema', packed(lines.join('\n').replace('"migrations":["', '"migrations":["000-tomorrow","')), /newer Canvas.*000-tomorrow/],
    ];
    for (const [name, content, why] of bad) {
      const path = join(engine.folder(), 'bad');
      writeFileSync(path, content);
      const refusal = await restoreStore({ ...place, file: path, replace: true }).catch((error: unknown) => error as Error);
      expect([name, refusal]).toEqual([name, expect.objectContaining({ code: 'bad_request', message: expect.stringMatching(why) })]);
      expect(String(refusal)).toContain(path);
    }
    await expect(restoreStore({ ...place, file: join(engine.folder(), 'nowhere'), replace: true })).rejects.toMatchObject({
      code: 'bad_request',
    });
    expect(await everything(engine, place)).toEqual(before);
  });

  test('that fail in the middle leave the store as it was', async () => {
    const { place, file } = await backedUp();
    const before = await everything(engine, place);
    const text = gunzipSync(readFileSync(file)).toString();
    writeFileSync(file, gzipSync(text.replace('["w3",', '["w4",')));
    await expect(restoreStore({ ...place, file, replace: true })).rejects.toThrow(/unique/i);
    expect(await everything(engine, place)).toEqual(before);
  });

  test('say what is wrong with the place', async () => {
    const { place } = await backedUp();
    const folder = engine.folder();
    await expect(backupStore({ dataDir: folder, file: join(folder, 'b') })).rejects.toMatchObject({ code: 'not_found' });
    expect(readdirSync(folder)).toEqual([]);
    await expect(backupStore({ ...place, file: join(folder, 'no', 'such', 'folder') })).rejects.toMatchObject({ code: 'unavailable' });
    await expect(backupStore({ ...place, file: folder })).rejects.toMatchObject({ code: 'unavailable' });
    expect(existsSync(`${folder}.${process.pid}.part`)).toBe(false);
  });
});
