import type { EventActor, LedgerEvent, NewEvent } from '#lib/contract/events.ts';
import type { Db } from './in-transaction.ts';
import { getMeta, setMeta } from './meta.ts';
import type { Tables } from './tables.ts';

const COUNTER = 'ledger';
const EPOCH = 'ledger_epoch';
const ROWS_PER_INSERT = 200;

/**
 * Gives events their place in the ledger, in the transaction of the change that they tell of. Taking the numbers holds
 * the counter's row until the commit, so writers go one after another and who sees number N can see every row up to N.
 * Make it the last statement of the transaction: whoever holds the counter must not wait for anybody else.
 */
export async function appendEvents(tx: Db, events: readonly NewEvent[]): Promise<LedgerEvent[]> {
  if (events.length === 0) return [];
  const counter = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', events.length) }))
    .where('name', '=', COUNTER)
    .returning('value')
    .executeTakeFirstOrThrow();
  const first = counter.value - events.length + 1;
  const placed = events.map((event, index): LedgerEvent => ({ ...event, seq: first + index }));
  for (let from = 0; from < placed.length; from += ROWS_PER_INSERT) {
    const rows = placed.slice(from, from + ROWS_PER_INSERT).map((event) => ({
      seq: event.seq,
      at: event.at,
      type: event.type,
      workspace_id: event.workspace_id,
      actor: JSON.stringify(event.actor),
      data: JSON.stringify(event.data),
    }));
    await tx.insertInto('ledger').values(rows).execute();
  }
  return placed;
}

/** At most `limit` events after `seq`, oldest first. */
export async function eventsAfter(db: Db, seq: number, limit: number): Promise<LedgerEvent[]> {
  const rows = await db.selectFrom('ledger').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute();
  return rows.map(eventOf);
}

/** The newest events, newest first; of one workspace when it is named. */
export async function newestEvents(db: Db, filter: { workspaceId?: string; limit: number }): Promise<LedgerEvent[]> {
  let query = db.selectFrom('ledger').selectAll().orderBy('seq', 'desc').limit(filter.limit);
  if (filter.workspaceId !== undefined) query = query.where('workspace_id', '=', filter.workspaceId);
  return (await query.execute()).map(eventOf);
}

/** The last number that was given out; 0 before the first event. Stays when the ledger is pruned. */
export async function newestSeq(db: Db): Promise<number> {
  const row = await db.selectFrom('counters').select('value').where('name', '=', COUNTER).executeTakeFirstOrThrow();
  return row.value;
}

/** The oldest number that can still be read; null when the ledger is empty. */
export async function oldestSeq(db: Db): Promise<number | null> {
  const row = await db.selectFrom('ledger').select('seq').orderBy('seq').limit(1).executeTakeFirst();
  return row?.seq ?? null;
}

/** Removes every event before `keepFrom`; answers how many. */
export async function pruneLedger(db: Db, keepFrom: number): Promise<number> {
  const result = await db.deleteFrom('ledger').where('seq', '<', keepFrom).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Names this ledger. It changes when a backup is restored, so that readers know that their position means nothing now. */
export async function ledgerEpoch(db: Db): Promise<string> {
  const epoch = await getMeta(db, EPOCH);
  if (epoch === null) throw new Error('the ledger has no epoch: its row in meta is gone');
  return epoch;
}

export async function renewLedgerEpoch(tx: Db, epoch: string): Promise<void> {
  await setMeta(tx, EPOCH, epoch);
}

function eventOf(row: Tables['ledger']): LedgerEvent {
  const event = {
    seq: row.seq,
    at: row.at,
    type: row.type,
    workspace_id: row.workspace_id,
    actor: JSON.parse(row.actor) as EventActor,
    data: JSON.parse(row.data) as LedgerEvent['data'],
  };
  return event as LedgerEvent;
}
