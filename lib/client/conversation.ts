import { type HeardAnswer, heardMore, NOTHING_HEARD } from './a2a-answer.ts';
import { pageClock } from './clock.ts';
import { newMessageId, type OutgoingMessage, streamMessage } from './send-message.ts';

/**
 * A message that was sent from this page.
 *
 *   sending  its answer comes, or is awaited, on the open request. Ends with the answer's end, a 202 (→ queued), a refusal
 *            or a press on stop (→ stopped).
 *   queued   the platform keeps it under `queueId` and delivers it later, whatever becomes of this page. Final here.
 *   ended    the answer is whole, or the request failed: `answer` says it. Final.
 *   stopped  by the person, before it was whole. Final.
 */
export interface SentTurn {
  message: OutgoingMessage;
  at: number;
  state: 'sending' | 'queued' | 'ended' | 'stopped';
  queueId: string | null;
  answer: HeardAnswer;
}

export interface Conversation {
  read(): readonly SentTurn[];
  subscribe(listener: () => void): () => void;
  /** Sends it; resolves when there is nothing more to hear on this request. Never rejects. */
  send(text: string, contextId: string): Promise<void>;
  /** The agent is told to stop, too: nobody waits any more. */
  stop(messageId: string): void;
  /** What is written and not sent. */
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
  return {
    draft: '',
    contextId: null,
    read: () => turns,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async send(text, contextId) {
      const message = { messageId: newMessageId(), contextId, text };
      const { messageId } = message;
      const abort = new AbortController();
      aborts.set(messageId, abort);
      put([...turns, { message, at: pageClock.now(), state: 'sending', queueId: null, answer: NOTHING_HEARD }]);
      const hear = (event: unknown) =>
        change(messageId, ({ answer, queueId }) => ({ answer: heardMore(answer, event), queueId: keptUnder(event) ?? queueId }));
      try {
        const queued = await streamMessage(id, message, hear, abort.signal);
        change(messageId, ({ queueId }) => {
          const keeps = queued?.queue_id ?? queueId;
          return keeps === null ? { state: 'ended' } : { state: 'queued', queueId: keeps, answer: NOTHING_HEARD };
        });
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : 'It could not be sent. Try again.';
        if (abort.signal.aborted) change(messageId, () => ({ state: 'stopped' }));
        else change(messageId, ({ answer }) => ({ state: 'ended', answer: { ...answer, state: 'failed', text: why } }));
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
