import { type HeardAnswer, heardMore, NOTHING_HEARD, partsText } from '#lib/client/a2a-answer.ts';
import { goesOn } from '#lib/client/activity.ts';
import type { SentTurn } from '#lib/client/conversation.ts';
import { beginningOfText, isAbout, isCut, messageOf } from '#lib/client/message-rows.ts';
import { sentAtOf } from '#lib/client/send-message.ts';
import type { ActivityRow } from '#lib/contract/activity.ts';
import { ASKER_LEFT, type QueuedMessage } from '#lib/contract/messages.ts';

const STOPPED = `dropped: ${ASKER_LEFT}`;

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
  /**
   * It was ended before its answer was whole: by a press on this page, or because the page that asked left, for whatever
   * reason. Null: it was not.
   */
  stopped: 'here' | 'left' | null;
  traceId: string | null;
  durationMs: number | null;
  from: { is: 'past'; row: ActivityRow } | { is: 'waiting'; queueId: string } | { is: 'here'; turn: SentTurn };
}

function pastTurn(row: ActivityRow, sent: readonly SentTurn[]): Turn | null {
  const message = messageOf(row.request_body);
  const cut = isCut(row.request_body) ? row.request_body : null;
  if (message === null && cut === null) return null;
  const here = sent.find(({ message: { messageId } }) => isAbout(row, messageId));
  const answerCut = isCut(row.response_body);
  const heard = answerCut ? NOTHING_HEARD : heardMore(NOTHING_HEARD, row.response_body);
  const failed = row.status !== 'ok' && !goesOn(row);
  const stopped = failed && row.error_detail === STOPPED;
  const contextId = message !== null && typeof message['contextId'] === 'string' ? message['contextId'] : heard.contextId;
  const id = message?.['messageId'];
  return {
    key: row.id,
    at: here?.at ?? (typeof id === 'string' ? sentAtOf(id, row.created_at) : null) ?? row.created_at,
    asked: message !== null ? partsText(message) : (here?.message.text ?? beginningOfText(cut?.beginning ?? '') ?? row.summary),
    askedCut: cut !== null && here === undefined,
    answer: answerOf(row, heard, { failed, stopped, here }),
    answerCut,
    contextId,
    stopped: stopped ? (here?.state === 'stopped' ? 'here' : 'left') : null,
    traceId: row.trace_id,
    durationMs: row.duration_ms,
    from: { is: 'past', row },
  };
}

/** The log keeps nothing of an answer that was stopped: this page knows what was said until then. */
function answerOf(
  row: ActivityRow,
  heard: HeardAnswer,
  { failed, stopped, here }: { failed: boolean; stopped: boolean; here: SentTurn | undefined },
): HeardAnswer {
  if (stopped) return here?.answer ?? heard;
  return failed && heard.text === '' ? { ...heard, state: 'failed', text: row.error_detail ?? 'It came to no answer.' } : heard;
}

/**
 * A conversation in order: what the log of the workspace has, what waits in its queue, what was sent from here. Each
 * message once: the log knows best, then this page, then the queue.
 */
export function turnsOf(rows: readonly ActivityRow[], queue: readonly QueuedMessage[], sent: readonly SentTurn[]): Turn[] {
  const past = rows.flatMap((row) => pastTurn(row, sent) ?? []).reverse();
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
        stopped: turn.state === 'stopped' ? 'here' : null,
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
        at: sentAtOf(message.message_id, message.created_at) ?? message.created_at,
        asked: message.summary.replace(/…$/, ''),
        askedCut: message.summary.length >= 200,
        answer: NOTHING_HEARD,
        answerCut: false,
        contextId: null,
        stopped: null,
        traceId: message.trace_id,
        durationMs: null,
        from: { is: 'waiting', queueId: message.queue_id },
      }),
    );
  return [...past, ...waiting, ...here].sort((a, b) => a.at - b.at);
}

/** The conversation that a next message belongs to: the newest that is known. */
export function newestContext(turns: readonly Turn[]): string | null {
  return turns.findLast(({ contextId }) => contextId !== null)?.contextId ?? null;
}
