import type { ActivityRow } from '#lib/contract/activity.ts';
import { activityBody, activitySummary, answerOutcome } from '#lib/domain/a2a-activity.ts';
import type { A2aRequest } from '#lib/domain/a2a-message.ts';
import { endActivity, insertActivity } from '#lib/store/activity.ts';
import type { Db } from '#lib/store/in-transaction.ts';
import { type MessageChange, type MessageHead, textsOfMessage } from '#lib/store/messages.ts';
import { newId } from '#lib/store/new-id.ts';
import type { Deps } from './deps.ts';
import { touch } from './fleet.ts';

type Texts = NonNullable<Awaited<ReturnType<typeof textsOfMessage>>>;
type Said = Pick<ActivityRow, 'method' | 'request_body' | 'summary'> & { method: string };
type Outcome = Pick<ActivityRow, 'response_body' | 'status' | 'error_detail'>;

const FETCHED_AGAIN: Outcome = {
  response_body: null,
  status: 'error',
  error_detail: 'It was not answered, and was fetched again',
};

/**
 * A row on both sides of a message that ends now, in the transaction that ends it and before its request is forgotten. The
 * sender's tells how long it waited, the receiver's how long it worked. A message to oneself has the sender's row only.
 * The time is taken here: rows come in the order of their commits, so that who reads on from a row misses none.
 */
export async function recordMessage(tx: Db, deps: Deps, head: MessageHead, change: MessageChange): Promise<void> {
  const texts = await textsOfMessage(tx, head.id);
  if (!texts) return;
  const now = deps.now();
  const outcome = outcomeOf(change);
  const said = saidOf(texts);
  const { workspace_id, sender_id } = head;
  const took = tookOf(texts, now);
  if (texts.activity_id !== null) await endActivity(tx, texts.activity_id, { ...outcome, duration_ms: took });
  else if (sender_id !== workspace_id)
    await insertActivity(tx, rowOf(deps, 'received', head, said, { ...outcome, took, now }), originOf(head));
  if (sender_id !== null)
    await insertActivity(tx, rowOf(deps, 'sent', head, said, { ...outcome, took: now - head.created_at, now }), 'agent');
}

/**
 * The time of a new row: not before the last one of its workspace, also when the clock was set back. Who reads on from that
 * row would never see it else.
 */
export function timeOfRow(deps: Deps, workspaceId: string, now: number): number {
  const live = deps.fleet.find(workspaceId);
  if (!live) return now;
  live.activityAt = Math.max(live.activityAt, now);
  return live.activityAt;
}

/** Whoever looks at the activity of these workspaces is told that it was written to: once it is in the store. */
export function tellActivity(deps: Deps, ids: Iterable<string | null>): void {
  for (const id of new Set(ids)) {
    const live = id === null ? undefined : deps.fleet.find(id);
    if (!live) continue;
    live.activity += 1;
    touch(live, deps.now());
    deps.feed.changed(live.row.id);
  }
}

/** The row by which a workspace that fetches its messages gets this one; answers its id. One by which it got it before ends. */
export async function recordHandOut(tx: Db, deps: Deps, head: MessageHead): Promise<string | null> {
  const texts = await textsOfMessage(tx, head.id);
  if (!texts) return null;
  const now = deps.now();
  if (texts.activity_id !== null) await endActivity(tx, texts.activity_id, { ...FETCHED_AGAIN, duration_ms: tookOf(texts, now) });
  const open = { response_body: null, status: 'delivering', error_detail: null, took: null, now };
  const row = rowOf(deps, 'received', head, saidOf(texts), open);
  await insertActivity(tx, row, originOf(head));
  return row.id;
}

function tookOf({ delivered_at }: Texts, now: number): number | null {
  return delivered_at === null ? null : now - delivered_at;
}

/** Scrubbed once for both sides: that takes its time. */
function saidOf({ request, summary }: Texts): Said {
  const { method = 'message/send' } = (request === null ? {} : JSON.parse(request)) as Partial<A2aRequest['envelope']>;
  return { method, request_body: activityBody(request), summary };
}

function outcomeOf({ state, why = '', answer }: MessageChange): Outcome {
  if (answer === undefined) return { response_body: null, status: 'error', error_detail: `${state}: ${why}` };
  const { ok, detail } = answerOutcome(JSON.parse(answer));
  return { response_body: activityBody(answer), status: ok ? 'ok' : 'error', error_detail: detail };
}

function rowOf(
  deps: Deps,
  side: 'sent' | 'received',
  head: MessageHead,
  { method, request_body, summary }: Said,
  { took, now, ...outcome }: Outcome & { took: number | null; now: number },
): ActivityRow {
  const { workspace_id, sender_id, sender_name, trace_id } = head;
  const name = side === 'sent' ? (deps.fleet.find(workspace_id)?.row.name ?? workspace_id) : sender_name;
  const owner = side === 'sent' ? (sender_id ?? workspace_id) : workspace_id;
  return {
    id: newId(),
    workspace_id: owner,
    activity_type: side === 'sent' ? 'a2a_send' : 'a2a_receive',
    source_id: sender_id,
    target_id: workspace_id,
    method,
    summary: activitySummary(side, method, name, summary),
    request_body,
    duration_ms: took,
    created_at: timeOfRow(deps, owner, now),
    trace_id,
    ...outcome,
  };
}

function originOf({ sender_id }: MessageHead): 'canvas' | 'agent' {
  return sender_id === null ? 'canvas' : 'agent';
}
