import type { Db } from './in-transaction.ts';

export async function getMeta(db: Db, key: string): Promise<string | null> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst();
  return row?.value ?? null;
}

export async function setMeta(db: Db, key: string, value: string): Promise<void> {
  await db
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet((eb) => ({ value: eb.ref('excluded.value') })))
    .execute();
}

export async function dropMeta(db: Db, key: string): Promise<void> {
  await db.deleteFrom('meta').where('key', '=', key).execute();
}

/** Removes the value when it is as expected, and says whether it was: of several who ask at once, one is told yes. */
export async function takeMeta(db: Db, key: string, expected: string): Promise<boolean> {
  const taken = await db.deleteFrom('meta').where('key', '=', key).where('value', '=', expected).returning('key').executeTakeFirst();
  return taken !== undefined;
}

/** The value that is kept; the given one when there was none. Of several who begin at once, all get the same. */
export async function keepMeta(db: Db, key: string, first: string): Promise<string> {
  await db
    .insertInto('meta')
    .values({ key, value: first })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .execute();
  return (await getMeta(db, key)) ?? first;
}
