import { type StreamResponse, type Task, TaskState } from '@a2a-js/sdk';
import { V03PushNotificationSerializer } from '@a2a-js/sdk/compat/v0_3/server';
import {
  type PushNotificationSender,
  type SerializedPushNotification,
  type ServerCallContext,
  V1PushNotificationSerializer,
} from '@a2a-js/sdk/server';
import { type Log, sentenceOf } from './log.ts';
import type { PushTarget } from './push-shelf.ts';

const MAX_WAITING = 100;
const MAX_WAITING_CHARS = 4 * 1024 * 1024;
const SERIALIZERS = { '1.0': new V1PushNotificationSerializer(), '0.3': new V03PushNotificationSerializer() };

export interface PushSenderOptions {
  targetsOf: (taskId: string) => readonly PushTarget[];
  /** Judges where `url` leads, each time, and sends. */
  post: (url: URL, headers: Record<string, string>, body: string, signal: AbortSignal) => Promise<void>;
  log: Log;
}

/** What waits for one target, in order. */
interface Line {
  waiting: number;
  waitingChars: number;
  last: Promise<void>;
  /** The last one did not arrive: the log knows. */
  failing: boolean;
}

/**
 * Tells news of tasks, each target in a line of its own: one that hangs holds up nobody else. News that did not arrive is
 * not sent again. Of a line that is too long further progress is left out, never an answer or an end.
 */
export class PushSender implements PushNotificationSender {
  readonly #options: PushSenderOptions;
  readonly #closing = new AbortController();
  readonly #lines = new WeakMap<PushTarget, Line>();
  readonly #told = new WeakSet<object>();

  constructor(options: PushSenderOptions) {
    this.#options = options;
  }

  /**
   * Called once an event, and not waited for. What is told is written down before the first await: the task that comes with
   * it goes on changing. An event that two readers of a task took from it (who sent it, who cancels it) is told once.
   */
  async send(news: StreamResponse, _context: ServerCallContext, task?: Task): Promise<void> {
    const { payload } = news;
    if (payload === undefined || this.#told.has(payload.value)) return;
    this.#told.add(payload.value);
    const isProgress = payload.$case === 'statusUpdate' && payload.value.status?.state === TaskState.TASK_STATE_WORKING;
    const written: Partial<Record<keyof typeof SERIALIZERS, SerializedPushNotification>> = {};
    for (const target of this.#options.targetsOf(payload.$case === 'task' ? payload.value.id : payload.value.taskId)) {
      const line = this.#lineOf(target);
      if (isProgress && (line.waiting >= MAX_WAITING || line.waitingChars >= MAX_WAITING_CHARS)) continue;
      const version = target.wireVersion === '1.0' ? '1.0' : '0.3';
      written[version] ??= SERIALIZERS[version].serialize(news, task);
      const { body, contentType } = written[version];
      line.waiting += 1;
      line.waitingChars += body.length;
      line.last = line.last.then(() => this.#deliver(target, line, body, contentType));
    }
  }

  /** What is on its way is given up. */
  close(): void {
    this.#closing.abort();
  }

  #lineOf(target: PushTarget): Line {
    const line = this.#lines.get(target) ?? { waiting: 0, waitingChars: 0, last: Promise.resolve(), failing: false };
    this.#lines.set(target, line);
    return line;
  }

  async #deliver(target: PushTarget, line: Line, body: string, contentType: string): Promise<void> {
    line.waiting -= 1;
    line.waitingChars -= body.length;
    const { signal } = this.#closing;
    const { config } = target;
    try {
      if (target.deleted || signal.aborted) return;
      await this.#options.post(new URL(config.url), { 'content-type': contentType, ...proofOf(config) }, body, signal);
      line.failing = false;
    } catch (thrown) {
      if (!line.failing && !signal.aborted)
        this.#options.log('warn', `News of a task did not arrive: ${sentenceOf(thrown)}`, { task: config.taskId });
      line.failing = true;
    }
  }
}

function proofOf({ authentication, token }: PushTarget['config']): Record<string, string> {
  if (authentication?.scheme && authentication.credentials)
    return { authorization: `${authentication.scheme} ${authentication.credentials}` };
  return token === '' ? {} : { 'x-a2a-notification-token': token };
}
