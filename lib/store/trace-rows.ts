import { sql } from 'kysely';
import type { MessageState } from '#lib/contract/messages.ts';
import { WHOLE_ANSWER } from './answer-outcome.ts';
import type { Db } from './in-transaction.ts';

const BEGINNING = 400;
const RUNS_AT_ONCE = 500;

/** A message as a trace needs it. `outcome`: what became of it, JSON, when its answer is long; `answer`: of that only the beginning then. */
export interface TracedMessage {
  id: string;
  workspace_id: string;
  sender_id: string | null;
  sender_name: string;
  summary: string;
  state: MessageState;
  why: string;
  attempts: number;
  redelivered: boolean;
  created_at: number;
  delivered_at: number | null;
  ended_at: number | null;
  run_id: string | null;
  span_id: string;
  parent_span_id: string | null;
  delegation_id: string | null;
  answer: string | null;
  outcome: string | null;
}

/** The messages of a trace that were sent first, oldest first. */
export async function messagesOfTrace(db: Db, traceId: string, limit: number): Promise<TracedMessage[]> {
  const rows = await db
    .selectFrom('messages')
    .select(['id', 'workspace_id', 'sender_id', 'sender_name', 'summary', 'state', 'why', 'attempts', 'redelivered'])
    .select(['created_at', 'delivered_at', 'ended_at', 'run_id', 'span_id', 'parent_span_id', 'delegation_id', 'outcome'])
    .select(
      sql<string | null>`case when length(answer) <= ${WHOLE_ANSWER} then answer else substr(answer, 1, ${BEGINNING}) end`.as('answer'),
    )
    .where('trace_id', '=', traceId)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    ...row,
    state: row.state as MessageState,
    redelivered: row.redelivered === 1,
    span_id: row.span_id ?? row.id,
  }));
}

/** How many delegations and messages a trace has, a message that carries a delegation not counted. */
export async function sizeOfTrace(db: Db, traceId: string): Promise<number> {
  const count = (table: 'messages' | 'delegations') =>
    db
      .selectFrom(table)
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('trace_id', '=', traceId);
  const delegations = await count('delegations').executeTakeFirstOrThrow();
  const messages = await count('messages')
    .where('delegation_id' as never, 'is', null)
    .executeTakeFirstOrThrow();
  return Number(delegations.count) + Number(messages.count);
}

/** From when to when restart runs went, by id. */
export async function timesOfRuns(db: Db, ids: readonly string[]): Promise<Map<string, { from: number; to: number | null }>> {
  const times = new Map<string, { from: number; to: number | null }>();
  for (let at = 0; at < ids.length; at += RUNS_AT_ONCE) {
    const rows = await db
      .selectFrom('restart_runs')
      .select(['id', 'requested_at', 'ended_at'])
      .where('id', 'in', ids.slice(at, at + RUNS_AT_ONCE))
      .execute();
    for (const { id, requested_at, ended_at } of rows) times.set(id, { from: requested_at, to: ended_at });
  }
  return times;
}
