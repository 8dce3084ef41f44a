import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from './plan.ts';
import type { CallOptions, SteadyClient } from './steady-client.ts';

/** A message that the platform took. */
export interface SentMessage {
  id: string;
  /** The work it asks for; the same for one that is sent again because it was answered as failed. */
  work: string;
  sender: string;
  /** Index of the workspace it went to. */
  workspace: number;
  /** Its place among all of this sender's to this workspace. */
  order: number;
  at: number;
  /** Null: it was answered at once. */
  queueId: string | null;
  answer: unknown;
}

export interface Sender {
  readonly name: string;
  readonly sent: SentMessage[];
  /** Sends numbered messages, one after the other, to workspaces by chance. */
  run(until: AbortSignal): Promise<void>;
  /** Sends work again, under another id. */
  again(message: SentMessage): Promise<void>;
}

interface SenderParts {
  client: SteadyClient;
  name: string;
  as?: CallOptions['as'];
  /** Ids of the workspaces. */
  targets: readonly string[];
  dice: Dice;
  pauseMs: number;
}

const ANSWERED_ONCE = 6;

export function startSender({ client, name, as, targets, dice, pauseMs }: SenderParts): Sender {
  const sent: SentMessage[] = [];
  const orders = targets.map(() => 0);

  async function send(workspace: number, takesMs: number, waitSeconds: number, again?: SentMessage): Promise<void> {
    const order = (orders[workspace] ?? 0) + 1;
    orders[workspace] = order;
    const work = again?.work ?? `${name}-${workspace}-${order}`;
    const id = again === undefined ? work : `${again.id}+1`;
    const at = Date.now();
    const message = {
      kind: 'message',
      role: 'user',
      messageId: id,
      contextId: `${name}-${workspace}`,
      parts: [{ kind: 'text', text: `Message ${id} takes ${takesMs}` }],
    };
    const { status, body } = await client.call<{ queue_id?: string }>('POST', `/workspaces/${targets[workspace]}/a2a`, {
      body: { jsonrpc: '2.0', id, method: 'message/send', params: { message } },
      waitSeconds,
      ...(as === undefined ? {} : { as }),
    });
    if (status !== 200 && status !== 202) throw new Error(`message ${id} was refused with ${status}: ${JSON.stringify(body)}`);
    const queued = status === 202;
    sent.push({
      id,
      work,
      sender: name,
      workspace,
      order,
      at,
      queueId: queued ? (body.queue_id ?? '') : null,
      answer: queued ? null : body,
    });
  }

  return {
    name,
    sent,
    async run(until) {
      while (!until.aborted) {
        // Most take a moment, some long enough to be in the middle of their work at any deadline.
        const takesMs = dice.below(3) === 0 ? 1500 + dice.below(4500) : dice.below(1500);
        await send(dice.below(targets.length), takesMs, dice.below(ANSWERED_ONCE) === 0 ? 2 : 0);
        await delay(dice.below(2 * pauseMs), undefined, { signal: until }).catch(() => undefined);
      }
    },
    again: (message) => send(message.workspace, 100, 0, message),
  };
}
