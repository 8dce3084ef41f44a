import type { ErrorCode } from '#lib/contract/errors.ts';
import { type HeardAnswer, heardMore, NOTHING_HEARD } from './a2a-answer.ts';
import { ApiError } from './api.ts';
import { pageClock } from './clock.ts';
import { whereIsMessage } from './find-message.ts';
import { keepDraft, keptDraft } from './kept-draft.ts';
import { AnswerLost, newMessageId, type OutgoingMessage, streamMessage } from './send-message.ts';

/** So often a message whose answer broke off is looked for. */
const LOOK_MS = 2_000;
const FINAL: ReadonlySet<ErrorCode> = new Set(['not_found', 'gone', 'forbidden']);
/** A refusal that stays: the workspace was removed, or this person may not look at it any more. */
const isFinal = (why: unknown): why is ApiError => why instanceof ApiError && FINAL.has(why.code);
const NOT_FOUND = 'What became of this message can no longer be found out.';
const NOT_KEPT = 'Canvas is back and does not know this message. It was not kept: send it again.';

/**
 * A message that was sent from this page.
 *
 *   sending  its answer comes, or is awaited, on the open request. Ends with the answer's end, a 202 (→ queued), a refusal
 *            or a press on stop (→ stopped).
 *   queued   the platform keeps it under `queueId` and delivers it later, whatever becomes of this page. Final here.
 *   ended    the answer is whole, or the request failed: `answer` says it. Final.
 *   stopped  by the person, before it was whole. Final.
 *   lost     the connection broke while the answer came. Canvas is asked until it says where the message is: it waits there
 *            (→ queued), it is in the log (final here), nobody knows it (→ unsent), or there is nobody to ask any more (→ ended).
 *   unsent   Canvas did not take it: its text is in the draft again. It can be sent again under its own id (→ sending).
 */
export interface SentTurn {
  message: OutgoingMessage;
  at: number;
  state: 'sending' | 'queued' | 'ended' | 'stopped' | 'lost' | 'unsent';
  queueId: string | null;
  answer: HeardAnswer;
}

export interface Conversation {
  read(): readonly SentTurn[];
  subscribe(listener: () => void): () => void;
  /**
   * Sends it; resolves when there is nothing more to hear of it here. A text that was not taken before goes under the id it
   * had, so that it cannot arrive twice. Never rejects.
   */
  send(text: string, contextId: string): Promise<void>;
  /** The agent is told to stop, too: nobody waits any more. */
  stop(messageId: string): void;
  /** What is written and not sent; kept for as long as the tab lives. */
  draft: string;
  /** The conversation that the next message belongs to; null: that of the newest one. */
  contextId: string | null;
}

function createConversation(id: string): Conversation {
  let turns: readonly SentTurn[] = [];
  const listeners = new Set<() => void>();
  const aborts = new Map<string, AbortController>();
  const put = (next: readonly SentTurn[]) => {
    turns = next;
    for (const listener of listeners) listener();
  };
  const change = (messageId: string, to: (turn: SentTurn) => Partial<SentTurn>) =>
    put(turns.map((turn) => (turn.message.messageId === messageId ? { ...turn, ...to(turn) } : turn)));
  let draft: string | null = null;
  const write = (text: string) => {
    draft = text;
    keepDraft(id, text);
    put(turns);
  };
  const read = () => {
    draft ??= keptDraft(id);
    return draft;
  };
  const fail = (messageId: string, state: SentTurn['state'], why: string) =>
    change(messageId, ({ answer }) => ({ state, answer: { ...answer, state: 'failed', text: why } }));
  const notTaken = (messageId: string, text: string, why: string) => {
    fail(messageId, 'unsent', why);
    if (!read().startsWith(text)) write(read() === '' ? text : `${text}\n\n${read()}`);
  };
  const lookFor = async ({ messageId, text }: OutgoingMessage) => {
    for (;;) {
      const found = await whereIsMessage(id, messageId).catch((why: unknown) => (isFinal(why) ? why : null));
      if (found instanceof ApiError) return fail(messageId, 'ended', `${NOT_FOUND} ${found.message}`);
      if (found?.is === 'waiting') change(messageId, () => ({ state: 'queued', queueId: found.queueId, answer: NOTHING_HEARD }));
      if (found?.is === 'unknown') notTaken(messageId, text, NOT_KEPT);
      if (found !== null) return;
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  };
  return {
    get draft() {
      return read();
    },
    set draft(text) {
      write(text);
    },
    contextId: null,
    read: () => turns,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async send(text, contextId) {
      const again = turns.find(({ state, message }) => state === 'unsent' && message.text === text);
      const at = pageClock.now();
      const message = again?.message ?? { messageId: newMessageId(at), contextId, text };
      const { messageId } = message;
      const abort = new AbortController();
      aborts.set(messageId, abort);
      const others = turns.filter((turn) => turn !== again);
      if (again && read().startsWith(text)) write(read().slice(text.length).trimStart());
      put([...others, { message, at: again?.at ?? at, state: 'sending', queueId: null, answer: NOTHING_HEARD }]);
      const hear = (event: unknown) =>
        change(messageId, ({ answer, queueId }) => ({ answer: heardMore(answer, event), queueId: keptUnder(event) ?? queueId }));
      try {
        const queued = await streamMessage(id, message, hear, abort.signal);
        change(messageId, ({ queueId }) => {
          const keeps = queued?.queue_id ?? queueId;
          return keeps === null ? { state: 'ended' } : { state: 'queued', queueId: keeps, answer: NOTHING_HEARD };
        });
      } catch (cause) {
        if (abort.signal.aborted) change(messageId, () => ({ state: 'stopped' }));
        else if (cause instanceof AnswerLost) {
          change(messageId, () => ({ state: 'lost' }));
          await lookFor(message);
        } else notTaken(messageId, text, cause instanceof Error ? cause.message : 'It could not be sent. Try again.');
      } finally {
        aborts.delete(messageId);
      }
    },
    stop: (messageId) => aborts.get(messageId)?.abort(),
  };
}

/** An agent that ended in the middle is told as an error that names where the message is kept: it is delivered again. */
function keptUnder(event: unknown): string | null {
  const data = (event as { error?: { data?: { queue_id?: unknown } } } | null)?.error?.data;
  return typeof data?.queue_id === 'string' ? data.queue_id : null;
}

const conversations = new Map<string, Conversation>();

/** One per workspace for as long as the page lives: an answer goes on coming while the person looks at something else. */
export function conversationWith(id: string): Conversation {
  const kept = conversations.get(id);
  if (kept !== undefined) return kept;
  const made = createConversation(id);
  conversations.set(id, made);
  return made;
}
