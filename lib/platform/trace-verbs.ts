import { z } from 'zod';
import type { DelegationRow } from '#lib/contract/delegations.ts';
import { CanvasError } from '#lib/contract/errors.ts';
import { MAX_SPANS, type Trace, type TraceSpan, traceIdSchema } from '#lib/contract/traces.ts';
import { keptWords } from '#lib/domain/delegation-result.ts';
import { inOrder } from '#lib/domain/trace-order.ts';
import { partsOf } from '#lib/domain/trace-parts.ts';
import { beginningOf } from '#lib/domain/whole-text.ts';
import { type AnswerOutcome, outcomeOf } from '#lib/store/answer-outcome.ts';
import { delegationsOfTrace } from '#lib/store/delegations.ts';
import { messagesOfTrace, sizeOfTrace, type TracedMessage, timesOfRuns } from '#lib/store/trace-rows.ts';
import { allowOperator } from './allow.ts';
import { namesOf } from './delegation-view.ts';
import { whyHeldNow } from './delivery-attempt.ts';
import type { Deps } from './deps.ts';
import { readVerb } from './verb.ts';

/** Of each span; the whole is on the page of its delegation. */
const PREVIEW_CHARS = 500;

type Runs = Awaited<ReturnType<typeof timesOfRuns>>;

export const getTrace = readVerb({
  name: 'getTrace',
  input: z.object({ trace: traceIdSchema }),
  allow: allowOperator,
  run: async ({ deps, now }, { trace }): Promise<Trace> => {
    const { db } = deps.store;
    const delegations = await delegationsOfTrace(db, trace, MAX_SPANS);
    const messages = await messagesOfTrace(db, trace, 2 * MAX_SPANS);
    if (delegations.length + messages.length === 0) {
      throw new CanvasError('not_found', `There is no trace ${trace}. Messages are kept for 7 days, delegations for 90.`);
    }
    const runs = await timesOfRuns(db, [...new Set(messages.flatMap(({ run_id }) => run_id ?? []))]);
    const carrying = new Map(messages.flatMap((message) => (message.delegation_id === null ? [] : [[message.delegation_id, message]])));
    const told = new Set(delegations.map(({ delegation_id }) => delegation_id));
    const nameOf = await namesOf(deps, [
      ...delegations.flatMap((row) => [row.source_id, row.target_id]),
      ...messages.map(({ workspace_id }) => workspace_id),
    ]);
    const spans = [
      ...delegations.map((row) => delegationSpan(deps, row, carrying.get(row.delegation_id), runs, nameOf)),
      // One whose delegation is not in the answer stands for itself.
      ...messages
        .filter(({ delegation_id }) => delegation_id === null || !told.has(delegation_id))
        .map((row) => messageSpan(deps, row, runs, nameOf)),
    ];
    const shown = inOrder(spans).slice(0, MAX_SPANS);
    const all = spans.length < MAX_SPANS ? spans.length : Math.max(spans.length, await sizeOfTrace(db, trace));
    return { trace_id: trace, spans: shown, left_out: all - shown.length, now };
  },
});

function delegationSpan(
  deps: Deps,
  row: DelegationRow,
  message: TracedMessage | undefined,
  runs: Runs,
  nameOf: (id: string) => string,
): TraceSpan {
  const atWork = row.status === 'in_progress' || (row.ended_at !== null && row.started_at !== null);
  return {
    span_id: row.span_id,
    parent_span_id: row.parent_span_id,
    kind: 'delegation',
    source_id: row.source_id,
    source_name: nameOf(row.source_id),
    target_id: row.target_id,
    target_name: nameOf(row.target_id),
    summary: row.summary,
    state: row.status,
    ok: row.ended_at === null ? null : row.status === 'completed',
    error: row.error,
    response_preview: beginningOf(row.response_preview, PREVIEW_CHARS),
    started_at: row.created_at,
    ended_at: row.ended_at,
    parts: partsOf({
      created_at: row.created_at,
      first_at: row.started_at,
      last_at: message?.delivered_at ?? row.started_at,
      ended_at: row.ended_at,
      atWork,
      held: row.ended_at === null && isHeldNow(deps, row.target_id),
      run: runOf(message, runs),
    }),
    attempts: message?.attempts ?? row.attempts,
    redelivered: message?.redelivered ?? false,
    delegation_id: row.delegation_id,
    queue_id: row.queue_id,
  };
}

function messageSpan(deps: Deps, row: TracedMessage, runs: Runs, nameOf: (id: string) => string): TraceSpan {
  const answer = outcomeOfMessage(row);
  return {
    span_id: row.span_id,
    parent_span_id: row.parent_span_id,
    kind: 'message',
    source_id: row.sender_id,
    source_name: row.sender_name,
    target_id: row.workspace_id,
    target_name: nameOf(row.workspace_id),
    summary: row.summary,
    state: row.state,
    ok: row.ended_at === null ? null : row.state === 'answered' && answer?.ok !== false,
    error: answer?.ok === false ? keptWords(answer.text) : row.why,
    response_preview: answer?.ok ? beginningOf(answer.text, PREVIEW_CHARS) : '',
    started_at: row.created_at,
    ended_at: row.ended_at,
    parts: partsOf({
      created_at: row.created_at,
      first_at: row.attempts > 1 ? null : row.delivered_at,
      last_at: row.delivered_at,
      ended_at: row.ended_at,
      atWork: row.state === 'delivering' || row.state === 'answered',
      held: row.ended_at === null && isHeldNow(deps, row.workspace_id),
      run: runOf(row, runs),
    }),
    attempts: row.attempts,
    redelivered: row.redelivered,
    delegation_id: row.delegation_id,
    queue_id: row.id,
  };
}

function outcomeOfMessage({ answer, outcome }: TracedMessage): AnswerOutcome | null {
  if (outcome !== null) return JSON.parse(outcome) as AnswerOutcome;
  if (answer === null) return null;
  // The beginning of a long answer that was kept without its outcome still tells a refusal from a result.
  return outcomeOf(answer) ?? { ok: !/^\{[^{}]*"error":\{/.test(answer), text: '' };
}

function runOf(message: TracedMessage | undefined, runs: Runs) {
  const id = message?.run_id ?? null;
  const times = id === null ? undefined : runs.get(id);
  return id !== null && times ? { id, ...times } : null;
}

function isHeldNow(deps: Deps, workspaceId: string): boolean {
  const live = deps.fleet.find(workspaceId);
  return live === undefined || whyHeldNow(live) !== null;
}
