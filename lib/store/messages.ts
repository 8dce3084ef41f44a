import type { FunctionModule } from 'kysely';
import { MESSAGE_STATES, type MessageState, type QueuedMessage } from '#lib/contract/messages.ts';
import { keptOutcome } from './answer-outcome.ts';
import type { Db } from './in-transaction.ts';
import type { MessagesTable, Tables } from './tables.ts';

/** A message without its texts: what the queue holds of it in memory. */
export interface MessageHead {
  id: string;
  workspace_id: string;
  lane: string;
  message_id: string;
  state: MessageState;
  attempts: number;
  redelivered: boolean;
  created_at: number;
  expires_at: number;
  sender_id: string | null;
  sender_name: string;
  /** Messages of one lane and branch go one after another. */
  branch: string | null;
  /** Null: it was kept before there were traces. */
  trace_id: string | null;
  span_id: string | null;
  parent_span_id: string | null;
  /** The delegation that it carries. */
  delegation_id: string | null;
  /** The agent's own task, which is followed to its end; null: none is known. */
  task_id: string | null;
}

/** A message as it arrives. `request` is the A2A request as it will be sent, JSON. */
export interface NewMessage extends MessageHead {
  request: string;
  summary: string;
  delivered_at: number | null;
  run_id: string | null;
  why: string;
}

/** What changes with a message's state. */
export interface MessageChange {
  state: MessageState;
  attempts?: number;
  redelivered?: boolean;
  expires_at?: number;
  due_at?: number;
  delivered_at?: number;
  ended_at?: number | null;
  why?: string;
  run_id?: string;
  /** JSON of what the agent answered; the request is then forgotten. */
  answer?: string;
  /** The row in its receiver's activity by which that got it. */
  activity_id?: string;
  task_id?: string | null;
}

const HEAD = [
  'id',
  'workspace_id',
  'lane',
  'message_id',
  'state',
  'attempts',
  'redelivered',
  'created_at',
  'expires_at',
  'sender_id',
  'sender_name',
  'branch',
  'trace_id',
  'span_id',
  'parent_span_id',
  'delegation_id',
  'task_id',
] as const;
const SHOWN = [...HEAD, 'summary', 'delivered_at', 'ended_at', 'why', 'run_id'] as const;
/** States after which the request is never sent again. */
const DONE: ReadonlySet<MessageState> = new Set(['answered', 'dropped']);

/** Answers whether it is new; the same message of the same sender to the same workspace is kept once. */
export async function insertMessage(tx: Db, message: NewMessage): Promise<boolean> {
  const result = await tx
    .insertInto('messages')
    .values({ ...message, redelivered: Number(message.redelivered), answer: null, due_at: 0, ended_at: null })
    .onConflict((conflict) => conflict.columns(['workspace_id', 'lane', 'message_id']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function messageByKey(
  db: Db,
  key: { workspace_id: string; lane: string; message_id: string },
): Promise<(QueuedMessage & { answer: unknown }) | null> {
  const row = await db
    .selectFrom('messages')
    .select([...SHOWN, 'answer'])
    .where('workspace_id', '=', key.workspace_id)
    .where('lane', '=', key.lane)
    .where('message_id', '=', key.message_id)
    .executeTakeFirst();
  return row ? { ...shownOf(row), answer: parsed(row.answer) } : null;
}

/** `head`: as the queue holds it. */
export async function messageById(db: Db, id: string): Promise<(QueuedMessage & { answer: unknown; head: MessageHead }) | null> {
  const row = await db
    .selectFrom('messages')
    .select([...SHOWN, 'answer'])
    .where('id', '=', id)
    .executeTakeFirst();
  return row ? { ...shownOf(row), answer: parsed(row.answer), head: headOf(row) } : null;
}

/** What the activity tells of a message that ends. */
export function textsOfMessage(db: Db, id: string) {
  return db.selectFrom('messages').select(['request', 'summary', 'delivered_at', 'activity_id']).where('id', '=', id).executeTakeFirst();
}

/** Of the messages to one workspace that have not ended: those that it was given by these rows of its activity. */
export async function messagesByActivity(db: Db, workspaceId: string, activityIds: readonly string[]) {
  if (activityIds.length === 0) return [];
  return db
    .selectFrom('messages')
    .select(['id', 'request', 'activity_id', 'redelivered', 'trace_id', 'span_id'])
    .where('workspace_id', '=', workspaceId)
    .where('ended_at', 'is', null)
    .where('activity_id', 'in', activityIds)
    .execute();
}

/** The request as it is sent, JSON; null once it is answered or dropped. */
export async function requestOf(db: Db, id: string): Promise<string | null> {
  const row = await db.selectFrom('messages').select('request').where('id', '=', id).executeTakeFirst();
  return row?.request ?? null;
}

export async function changeMessage(tx: Db, id: string, change: MessageChange): Promise<void> {
  const { redelivered, ...columns } = change;
  await tx
    .updateTable('messages')
    .set({
      ...columns,
      ...(redelivered === undefined ? {} : { redelivered: Number(redelivered) }),
      ...(DONE.has(change.state) ? { request: null } : {}),
      ...(change.answer === undefined ? {} : { outcome: keptOutcome(change.answer) }),
    })
    .where('id', '=', id)
    .execute();
}

/** Writes a message once more as it is: what was written of it before is then as durable as this transaction. */
export async function touchMessage(tx: Db, id: string): Promise<void> {
  await tx
    .updateTable('messages')
    .set(({ ref }) => ({ due_at: ref('due_at') }))
    .where('id', '=', id)
    .execute();
}

/**
 * What was with an agent when the platform ended waits again, marked: it may have been begun. Before anything is
 * delivered; answers how many.
 */
export async function putBackDelivering(tx: Db, why: string): Promise<number> {
  const result = await tx
    .updateTable('messages')
    .set({ state: 'waiting', redelivered: 1, why })
    .where('ended_at', 'is', null)
    .where('state', '=', 'delivering')
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Everything that has not ended, in the order in which it came. */
export async function openMessages(db: Db): Promise<MessageHead[]> {
  const rows = await db.selectFrom('messages').select(HEAD).where('ended_at', 'is', null).orderBy('id').execute();
  return rows.map(headOf);
}

export interface QueueRows {
  items: QueuedMessage[];
  waiting: number;
  failed: number;
}

/** Of one workspace: what has not ended, oldest first; then what ended, newest first; `limit` of both together. */
export async function queueOf(
  db: Db,
  workspaceId: string,
  { state, limit }: { state: 'open' | 'ended' | 'all'; limit: number },
): Promise<QueueRows> {
  const mine = db.selectFrom('messages').where('workspace_id', '=', workspaceId);
  const open = state === 'ended' ? [] : await mine.select(SHOWN).where('ended_at', 'is', null).orderBy('id').limit(limit).execute();
  const ended =
    state === 'open' || open.length === limit
      ? []
      : await mine
          .select(SHOWN)
          .where('ended_at', 'is not', null)
          .orderBy('created_at', 'desc')
          .orderBy('id', 'desc')
          .limit(limit - open.length)
          .execute();
  const counts = await mine
    .select(({ fn }) => [countOf(fn, 'waiting').as('waiting'), countOf(fn, 'failed').as('failed')])
    .where('ended_at', 'is', null)
    .executeTakeFirstOrThrow();
  return { items: [...open, ...ended].map(shownOf), waiting: Number(counts.waiting), failed: Number(counts.failed) };
}

/** How many messages that a run held back are in each state. Zeroes are present. */
export async function statesOfRun(db: Db, runId: string): Promise<Record<MessageState, number>> {
  const counts = await db
    .selectFrom('messages')
    .select(({ fn }) => MESSAGE_STATES.map((state) => countOf(fn, state).as(state)))
    .where('run_id', '=', runId)
    .executeTakeFirstOrThrow();
  return Object.fromEntries(MESSAGE_STATES.map((state) => [state, Number(counts[state])])) as Record<MessageState, number>;
}

/** Removes what ended before `before` (epoch ms), at most `limit`, the oldest first; answers how many. */
export async function pruneMessages(db: Db, before: number, limit: number): Promise<number> {
  const ended = await db.selectFrom('messages').select('id').where('ended_at', '<', before).orderBy('ended_at').limit(limit).execute();
  if (ended.length === 0) return 0;
  const ids = ended.map(({ id }) => id);
  // One that was opened again meanwhile stays.
  const result = await db.deleteFrom('messages').where('id', 'in', ids).where('ended_at', '<', before).executeTakeFirst();
  return Number(result.numDeletedRows);
}

/** Counted in one walk: grouping would sort. */
function countOf(fn: FunctionModule<Tables, 'messages'>, state: MessageState) {
  return fn.countAll<number>().filterWhere('state', '=', state);
}

function headOf(row: Pick<MessagesTable, (typeof HEAD)[number]>): MessageHead {
  const head = Object.fromEntries(HEAD.map((column) => [column, row[column]])) as Pick<MessagesTable, (typeof HEAD)[number]>;
  return { ...head, state: row.state as MessageState, redelivered: row.redelivered === 1 };
}

function shownOf(row: Pick<MessagesTable, (typeof SHOWN)[number]>): QueuedMessage {
  const {
    workspace_id,
    sender_id,
    sender_name,
    message_id,
    summary,
    attempts,
    created_at,
    expires_at,
    delivered_at,
    ended_at,
    why,
    run_id,
    trace_id,
    delegation_id,
  } = row;
  return {
    queue_id: row.id,
    workspace_id,
    sender_id,
    sender_name,
    message_id,
    summary,
    state: row.state as MessageState,
    attempts,
    redelivered: row.redelivered === 1,
    created_at,
    expires_at,
    delivered_at,
    ended_at,
    why,
    run_id,
    trace_id,
    delegation_id,
  };
}

function parsed(text: string | null): unknown {
  return text === null ? null : (JSON.parse(text) as unknown);
}
