import { ENDED_DELEGATION_STATES } from '#lib/contract/delegations.ts';
import type { Db } from './in-transaction.ts';

export interface ToldDelegation {
  id: string;
  status: string;
  trace_id: string;
}

/** How many of the newest are looked at for one that fits. */
const LOOKED_AT = 50;
/** So much of the summary goes into what the reference runtime says. */
const TOLD_CHARS = 100;

/** The delegation of that id, when the workspace gave it. */
export async function delegationToldById(db: Db, sourceId: string, id: string): Promise<ToldDelegation | null> {
  const row = await rowsOf(db, sourceId).where('id', '=', id).executeTakeFirst();
  return row ?? null;
}

/** Those of a workspace's newest delegations that ended as it says and whose summary begins as it says, newest first. */
export async function delegationsToldInWords(
  db: Db,
  sourceId: string,
  words: { status: string; summary: string },
): Promise<ToldDelegation[]> {
  const status = ENDED_DELEGATION_STATES.find((state) => state === words.status);
  if (status === undefined) return [];
  const newest = await rowsOf(db, sourceId)
    .select('summary')
    .where('status', '=', status)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(LOOKED_AT)
    .execute();
  return newest
    .filter(({ summary }) => summary.slice(0, TOLD_CHARS).trimEnd() === words.summary.trimEnd())
    .map(({ id, status: ended, trace_id }) => ({ id, status: ended, trace_id }));
}

function rowsOf(db: Db, sourceId: string) {
  return db.selectFrom('delegations').select(['id', 'status', 'trace_id']).where('source_id', '=', sourceId);
}
