import { z } from 'zod';
import { type ActivityQuery, type ActivityRow, activityQuerySchema, postActivitySchema } from '#lib/contract/activity.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { MAX_MESSAGE_BYTES } from '#lib/contract/messages.ts';
import { traceparentOf } from '#lib/contract/traces.ts';
import { workspaceIdSchema } from '#lib/contract/workspaces.ts';
import { activityBody } from '#lib/domain/a2a-activity.ts';
import { type A2aRequest, markedRequest } from '#lib/domain/a2a-message.ts';
import { scrub } from '#lib/domain/scrub.ts';
import { activityOf, fetchedActivity, insertActivity } from '#lib/store/activity.ts';
import { messagesByActivity } from '#lib/store/messages.ts';
import { newId } from '#lib/store/new-id.ts';
import { tellActivity, timeOfRow } from './activity-rows.ts';
import type { Actor } from './actor.ts';
import { allowSelf } from './allow.ts';
import type { Deps } from './deps.ts';
import { readVerb } from './verb.ts';

const byId = z.object({ id: workspaceIdSchema });
/** Whole requests that one answer holds to a workspace that fetches its messages; it asks again for the rest. */
const MAX_FETCHED_BYTES = 4 * MAX_MESSAGE_BYTES;

/**
 * The activity of a workspace. Two of its own questions are special: one that fetches its messages (`poll`) gets those
 * that wait for it, whole, by asking for what it received; and one that is sent them (`push`) gets as bare answer to
 * that only what it noted itself, since the reference runtime takes every such row for the result of something it asked.
 */
export const listActivity = readVerb({
  name: 'listActivity',
  input: byId.and(activityQuerySchema),
  allow: (actor, input, deps) => {
    allowSelf(actor, input);
    deps.fleet.get(input.id);
  },
  run: async ({ actor, deps, now }, { id, ...filter }) => {
    const asksForReceived = actor.kind === 'workspace' && filter.type === 'a2a_receive';
    const fetches = asksForReceived && deps.fleet.get(id).row.delivery_mode === 'poll';
    if (fetches) await deps.delivery.handOut(id, filter);
    if (filter.status === 'delivering') {
      const open = await fetchedActivity(deps.store.db, id, filter.limit);
      return fetches ? withRequests(deps, id, open) : open;
    }
    const noted = asksForReceived && !fetches && isBare(filter);
    const rows = await activityOf(deps.store.db, id, { ...filter, noted }, now);
    if (rows) return fetches ? withRequests(deps, id, rows) : rows;
    throw new CanvasError(
      'gone',
      `There is no activity ${filter.since_id ?? filter.before_id} of workspace ${id}; read without that id and start again from the newest.`,
    );
  },
});

/** Written in groups, like messages: a runtime notes everything that it does. */
export const postActivity = readVerb({
  name: 'postActivity',
  input: byId.and(postActivitySchema),
  allow: (actor: Actor, { id, source_id }, deps) => {
    allowSelf(actor, { id });
    deps.fleet.get(id);
    if (source_id === undefined || source_id === null || source_id === id) return;
    throw new CanvasError('forbidden', `source_id is ${source_id}: workspace ${id} may note only what it did itself. Leave source_id out.`);
  },
  run: async ({ deps }, { id, activity_type, source_id = null, target_id = null, duration_ms = null, ...said }) => {
    const clean = (text: string | null | undefined) => (text === null || text === undefined ? null : String(scrub(text).value));
    const noted = {
      workspace_id: id,
      activity_type,
      source_id,
      target_id,
      method: clean(said.method),
      summary: clean(said.summary) ?? '',
      request_body: activityBody(JSON.stringify(said.request_body)),
      response_body: activityBody(JSON.stringify(said.response_body)),
      status: clean(said.status) ?? 'ok',
      duration_ms,
      error_detail: clean(said.error_detail),
      trace_id: deps.delivery.onlyWorkOf(id)?.trace_id ?? null,
    };
    const logged = await deps.writer.write(async (tx) => {
      const row: ActivityRow = { ...noted, id: newId(), created_at: timeOfRow(deps, id, deps.now()) };
      await insertActivity(tx, row, 'agent');
      return { result: { id: row.id, status: 'logged' } };
    });
    tellActivity(deps, [id]);
    return logged;
  },
});

const DEFAULT_LIMIT = activityQuerySchema.parse({}).limit;

function isBare({ type: _type, limit, ...rest }: ActivityQuery): boolean {
  return limit === DEFAULT_LIMIT && Object.values(rest).every((value) => value === undefined);
}

/** Rows of messages that are not answered yet hold these whole, as far as one answer goes: no row is in it without its message. */
async function withRequests(deps: Deps, id: string, rows: ActivityRow[]): Promise<ActivityRow[]> {
  const messages = await messagesByActivity(
    deps.store.db,
    id,
    rows.map((row) => row.id),
  );
  const byRow = new Map(messages.map((message) => [message.activity_id, message]));
  const shown: ActivityRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const message = byRow.get(row.id);
    bytes += message?.request?.length ?? 0;
    if (bytes > MAX_FETCHED_BYTES && shown.length > 0) break;
    shown.push(message === undefined || message.request === null ? row : { ...row, request_body: handedOut(message, message.request) });
  }
  return shown;
}

/** A message as it is sent to an agent, with the same marks. */
function handedOut(message: Awaited<ReturnType<typeof messagesByActivity>>[number], request: string) {
  const { id: queue_id, trace_id, span_id } = message;
  const redelivered = message.redelivered === 1;
  const traced = trace_id === null || span_id === null ? {} : { traceparent: traceparentOf({ trace_id, span_id }) };
  const marks = { ...(redelivered ? { redelivered } : {}), ...traced };
  return { queue_id, redelivered, ...markedRequest(JSON.parse(request) as A2aRequest['envelope'], marks) };
}
