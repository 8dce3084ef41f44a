import { sql } from 'kysely';
import type { DelegationRow, DelegationState } from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import type { Db } from './in-transaction.ts';
import { storableText } from './storable-text.ts';
import type { DelegationsTable } from './tables.ts';

export interface DelegationPage {
  rows: DelegationRow[];
  /** Cursor of the next, older page; null on the last. */
  next: string | null;
}

export async function insertDelegation(tx: Db, row: DelegationRow): Promise<void> {
  const { delegation_id: id, ...rest } = row;
  await tx
    .insertInto('delegations')
    .values({
      ...rest,
      id,
      cancelled: Number(row.cancelled),
      response_cut: Number(row.response_cut),
      summary: storableText(row.summary),
      response_preview: storableText(row.response_preview),
      error: storableText(row.error),
    })
    .execute();
}

/** The delegations that a workspace gave, newest first. Rejects with `bad_request` for a cursor that this did not make. */
export async function delegationsOf(
  db: Db,
  sourceId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<DelegationPage> {
  let query = db
    .selectFrom('delegations')
    .selectAll()
    .where('source_id', '=', sourceId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(page.limit + 1);
  if (page.cursor !== undefined) {
    const { created_at, id } = readCursor(page.cursor);
    query = query.where(sql<boolean>`(created_at, id) < (${created_at}, ${id})`);
  }
  const found = await query.execute();
  const rows = found.slice(0, page.limit);
  const last = rows.at(-1);
  return { rows: rows.map(delegationOf), next: last && found.length > rows.length ? cursorAt(last) : null };
}

function delegationOf({ id, ...row }: DelegationsTable): DelegationRow {
  const { status, origin, cancelled, response_cut, ...rest } = row;
  return {
    delegation_id: id,
    ...rest,
    status: status as DelegationState,
    origin: origin as DelegationRow['origin'],
    cancelled: cancelled === 1,
    response_cut: response_cut === 1,
  };
}

function cursorAt(row: DelegationsTable): string {
  return Buffer.from(`${row.created_at} ${row.id}`).toString('base64url');
}

function readCursor(cursor: string): { created_at: number; id: string } {
  const [, time, id] = /^(\d{1,15}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (time === undefined || id === undefined || id.includes('\u0000')) {
    throw new CanvasError(
      'bad_request',
      'This cursor is not one that a page of delegations answered with. Ask for the first page, without a cursor.',
    );
  }
  return { created_at: Number(time), id };
}
