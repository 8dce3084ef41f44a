import type { Db } from './in-transaction.ts';

/** What a person set, as JSON value; null: nothing yet. */
export async function preferencesOf(db: Db, personId: string): Promise<unknown> {
  const row = await db.selectFrom('preferences').select('body').where('person_id', '=', personId).executeTakeFirst();
  return row ? (JSON.parse(row.body) as unknown) : null;
}

export async function savePreferences(tx: Db, personId: string, value: unknown): Promise<void> {
  await tx
    .insertInto('preferences')
    .values({ person_id: personId, body: JSON.stringify(value) })
    .onConflict((conflict) => conflict.column('person_id').doUpdateSet((eb) => ({ body: eb.ref('excluded.body') })))
    .execute();
}
