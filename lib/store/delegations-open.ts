import { sql } from 'kysely';
import type { DelegationRow } from '#lib/contract/delegations.ts';
import type { MessageState } from '#lib/contract/messages.ts';
import { delegationOf } from './delegations.ts';
import type { Db } from './in-transaction.ts';
import type { DelegationsTable } from './tables.ts';

/** The message that carries a delegation, as its target's queue has it. `answer`: JSON of the agent's, scrubbed, when there is one. */
export interface CarryingMessage {
  queue_id: string;
  state: MessageState;
  why: string;
  attempts: number;
  answer: string | null;
}

/** How a delegation's message is known in the queue of its target: by a lane of its own. */
export function messageKeyOf(delegationId: string): { lane: string; message_id: string } {
  return { lane: `delegation/${delegationId}`, message_id: `delegation-${delegationId}` };
}

/** Every delegation that has not ended, oldest first, with its message; null: it is not in the queue. */
export async function openDelegations(db: Db): Promise<{ row: DelegationRow; message: CarryingMessage | null }[]> {
  const rows = await db
    .selectFrom('delegations as d')
    .leftJoin('messages as m', (join) =>
      join
        .onRef('m.workspace_id', '=', 'd.target_id')
        .on('m.lane', '=', sql<string>`'delegation/' || d.id`)
        .on('m.message_id', '=', sql<string>`'delegation-' || d.id`),
    )
    .selectAll('d')
    .select(['m.id as m_id', 'm.state as m_state', 'm.why as m_why', 'm.attempts as m_attempts', 'm.answer as m_answer'])
    .where('d.ended_at', 'is', null)
    .orderBy('d.created_at')
    .orderBy('d.id')
    .execute();
  return rows.map(({ m_id, m_state, m_why, m_attempts, m_answer, ...row }) => ({
    row: delegationOf(row as DelegationsTable),
    message:
      m_id === null
        ? null
        : {
            queue_id: m_id,
            state: m_state as MessageState,
            why: m_why ?? '',
            attempts: m_attempts ?? 0,
            answer: m_answer,
          },
  }));
}

/** Messages that are open though the delegation that they carry has ended: a kill came between the two. */
export async function strayMessages(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('messages as m')
    .innerJoin('delegations as d', 'd.id', 'm.delegation_id')
    .select('m.id')
    .where('m.ended_at', 'is', null)
    .where('d.ended_at', 'is not', null)
    .execute();
  return rows.map(({ id }) => id);
}
