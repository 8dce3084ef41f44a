import { type HeardAnswer, heardMore, NOTHING_HEARD, partsText } from '#lib/client/a2a-answer.ts';
import { goesOn } from '#lib/client/activity.ts';
import type { SentTurn } from '#lib/client/conversation.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';
import type { QueuedMessage } from '#lib/contract/messages.ts';

/** One message of a person and what came of it, wherever it is known from. */
export interface Turn {
  key: string;
  at: number;
  asked: string;
  /** Only the beginning of what was asked is known. */
  askedCut: boolean;
  answer: HeardAnswer;
  /** Only the beginning of the answer was kept; it is JSON that was cut. */
  answerCut: boolean;
  /** Null: it is not known which conversation it belongs to. */
  contextId: string | null;
  traceId: string | null;
  durationMs: number | null;
  from: { is: 'past'; row: ActivityRow } | { is: 'waiting'; queueId: string } | { is: 'here'; turn: SentTurn };
}

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const isCut = (body: unknown): body is { cut: true; beginning: string } =>
  isObject(body) && body['cut'] === true && typeof body['beginning'] === 'string';

function messageOf(body: unknown): Json | null {
  const params = isObject(body) ? body['params'] : null;
  const message = isObject(params) ? params['message'] : null;
  return isObject(message) ? message : null;
}

function pastTurn(row: ActivityRow): Turn | null {
  const message = messageOf(row.request_body);
  const askedCut = isCut(row.request_body);
  if (message === null && !askedCut) return null;
  const answerCut = isCut(row.response_body);
  const heard = answerCut ? NOTHING_HEARD : heardMore(NOTHING_HEARD, row.response_body);
  const failed = row.status !== 'ok' && !goesOn(row);
  const contextId = message !== null && typeof message['contextId'] === 'string' ? message['contextId'] : heard.contextId;
  return {
    key: row.id,
    at: row.created_at,
    asked: message === null ? row.summary : partsText(message),
    askedCut,
    answer: failed && heard.text === '' ? { ...heard, state: 'failed', text: row.error_detail ?? 'It came to no answer.' } : heard,
    answerCut,
    contextId,
    traceId: row.trace_id,
    durationMs: row.duration_ms,
    from: { is: 'past', row },
  };
}

/** The message that a row is about, also when only its beginning was kept: the ids come first in what this page sends. */
function isAbout(row: ActivityRow, messageId: string): boolean {
  if (isCut(row.request_body)) return row.request_body.beginning.includes(messageId);
  return messageOf(row.request_body)?.['messageId'] === messageId;
}

/**
 * A conversation in order: what the log of the workspace has, what waits in its queue, what was sent from here. Each
 * message once: the log knows best, then this page, then the queue.
 */
export function turnsOf(rows: readonly ActivityRow[], queue: readonly QueuedMessage[], sent: readonly SentTurn[]): Turn[] {
  const past = rows.flatMap((row) => pastTurn(row) ?? []).reverse();
  const logged = (messageId: string) => rows.some((row) => isAbout(row, messageId));
  const here = sent
    .filter(({ message }) => !logged(message.messageId))
    .map(
      (turn): Turn => ({
        key: turn.message.messageId,
        at: turn.at,
        asked: turn.message.text,
        askedCut: false,
        answer: turn.answer,
        answerCut: false,
        contextId: turn.message.contextId,
        traceId: null,
        durationMs: null,
        from: { is: 'here', turn },
      }),
    );
  const waiting = queue
    .filter(({ sender_id, delegation_id }) => sender_id === null && delegation_id === null)
    .filter(({ message_id }) => !logged(message_id) && !sent.some(({ message }) => message.messageId === message_id))
    .map(
      (message): Turn => ({
        key: message.message_id,
        at: message.created_at,
        asked: message.summary,
        askedCut: message.summary.length >= 200,
        answer: NOTHING_HEARD,
        answerCut: false,
        contextId: null,
        traceId: message.trace_id,
        durationMs: null,
        from: { is: 'waiting', queueId: message.queue_id },
      }),
    );
  return [...past, ...[...waiting, ...here].sort((a, b) => a.at - b.at)];
}

/** The conversation that a next message belongs to: the newest that is known. */
export function newestContext(turns: readonly Turn[]): string | null {
  return turns.findLast(({ contextId }) => contextId !== null)?.contextId ?? null;
}
