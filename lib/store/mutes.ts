import type { Mute } from '#lib/contract/inbox.ts';
import type { IncidentKind } from '#lib/contract/incidents.ts';
import type { Db } from './in-transaction.ts';
import type { MutesTable } from './tables.ts';

export type StoredMute = Omit<Mute, 'workspace_name'>;

/** A person's mutes that are not over at `now`, newest first. */
export async function mutesOf(db: Db, personId: string, now: number): Promise<StoredMute[]> {
  const rows = await db
    .selectFrom('mutes')
    .selectAll()
    .where('person_id', '=', personId)
    .where((eb) => eb.or([eb('until', 'is', null), eb('until', '>', now)]))
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute();
  return rows.map(muteOf);
}

export async function insertMute(tx: Db, personId: string, mute: StoredMute): Promise<void> {
  await tx
    .insertInto('mutes')
    .values({ ...mute, person_id: personId })
    .execute();
}

/** The mute that is gone now; null: this person had none of that id. */
export async function deleteMute(tx: Db, personId: string, id: string): Promise<StoredMute | null> {
  const row = await tx.deleteFrom('mutes').where('person_id', '=', personId).where('id', '=', id).returningAll().executeTakeFirst();
  return row ? muteOf(row) : null;
}

/** Removes mutes that were over before `before`; answers how many. */
export async function pruneMutes(db: Db, before: number): Promise<number> {
  const result = await db.deleteFrom('mutes').where('until', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}

function muteOf({ person_id: _person, kind, ...row }: MutesTable): StoredMute {
  return { ...row, kind: kind as IncidentKind | null };
}
