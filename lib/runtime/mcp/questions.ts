import { randomUUID } from 'node:crypto';
import { CanvasError } from '#lib/contract/errors.ts';
import { askWorkspace } from '#lib/runtime/ask-workspace.ts';
import { sentenceOf } from '#lib/runtime/log.ts';
import type { McpHands } from './hands.ts';

/** A peer may work for hours, and be restarted meanwhile. */
const LONGEST_MS = 6 * 3_600_000;
const MAX_KEPT = 200;

export interface Question {
  readonly id: string;
  readonly target: { id: string; name: string };
  readonly task: string;
  readonly askedAt: number;
  endedAt: number | null;
  /** Null: no answer yet. */
  outcome: { text: string } | { error: string; thrown: unknown } | null;
  /** Resolves when there is an outcome. */
  readonly ended: Promise<void>;
  /** Waits for the answer no longer; the other agent works on. */
  giveUp(): void;
}

/**
 * Questions that were asked in this process: they are waited for also after the call that asked them has returned, so
 * that a client with a short patience loses nothing. What survives this process is a delegation.
 */
export class Questions {
  readonly #kept = new Map<string, Question>();

  get(id: string): Question | undefined {
    return this.#kept.get(id);
  }

  /** Newest first. */
  get all(): Question[] {
    return [...this.#kept.values()].reverse();
  }

  ask(hands: McpHands, target: { id: string; name: string }, task: string, traceparent: string | undefined): Question {
    this.#forgetOld();
    const id = `ask-${randomUUID()}`;
    const waited = new AbortController();
    const late = setTimeout(() => waited.abort(new CanvasError('timeout', 'The other agent did not answer within 6 hours')), LONGEST_MS);
    late.unref();
    const close = () => waited.abort(new CanvasError('unavailable', 'This program ended before the answer came'));
    hands.client.closed.addEventListener('abort', close, { once: true });
    const message = { target: target.id, from: hands.workspaceId, messageId: id, text: task, traceparent };
    const asked = askWorkspace(hands.client, { ...message, signal: waited.signal, timeoutMs: LONGEST_MS });
    const end = (outcome: NonNullable<Question['outcome']>) => {
      clearTimeout(late);
      hands.client.closed.removeEventListener('abort', close);
      Object.assign(question, { outcome, endedAt: Date.now() });
    };
    const ended = asked.then(
      (text) => end({ text }),
      (thrown: unknown) => end({ error: sentenceOf(thrown), thrown }),
    );
    const giveUp = () => waited.abort(new CanvasError('timeout', 'The call that asked was cancelled: the other agent may still do it'));
    const question: Question = { id, target, task, askedAt: Date.now(), endedAt: null, outcome: null, ended, giveUp };
    this.#kept.set(id, question);
    return question;
  }

  #forgetOld(): void {
    for (const { id, outcome } of this.#kept.values()) {
      if (this.#kept.size < MAX_KEPT) return;
      if (outcome !== null) this.#kept.delete(id);
    }
    if (this.#kept.size >= MAX_KEPT)
      throw new CanvasError(
        'overloaded',
        `${MAX_KEPT} questions wait for their answers: use delegate_task_async, or wait for some of them`,
      );
  }
}
