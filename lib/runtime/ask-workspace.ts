import { setTimeout as wait } from 'node:timers/promises';
import { CanvasError } from '#lib/contract/errors.ts';
import type { QueuedMessageDetail } from '#lib/contract/messages.ts';
import type { DiscoverAnswer } from '#lib/contract/registry.ts';
import { askAgent } from './a2a-client.ts';
import { heardAnswer, type Lost, pauseAfter } from './heard-answer.ts';
import { type PeerMessage, peerAnswerOf, peerRequest } from './peer-message.ts';
import { type PlatformClient, refusalOf } from './platform-client.ts';

/** How long one call waits for the answer: proxies let go of a silent connection after 60 s. */
const HOLD_SECONDS = 50;
/** Beyond that, for the platform to say that the time is over. */
const SLACK_MS = 10_000;
/** Between two calls for a message that is in the queue; a platform that ends answers such calls at once. */
const QUEUED_PAUSE_MS = 500;

export interface Question extends PeerMessage {
  target: string;
  /** Who asks: sent as X-Workspace-ID. */
  from: string;
  /** Aborts when the answer is no longer waited for, with the error to reject with. */
  signal: AbortSignal;
  timeoutMs: number;
}

/** What a call told of the message. */
type Step = { is: 'answered'; text: string } | { is: 'queued'; queueId: string } | { is: 'open'; why: string } | Lost | { is: 'not_taken' };

/**
 * Asks another workspace through the platform's queue, which keeps the question while the other one is restarted, and
 * its place in the order. Where a question is:
 *
 *   sending   a call carries it to the platform, and waits there     the answer → answered · 202 → queued · no call came
 *             for the answer                                         through → pausing · refused → failed · a platform
 *                                                                    without a queue: asked directly
 *   queued    it is in the platform's store; a call asks how it is   answered · ended otherwise → failed · open → pausing
 *   pausing   nobody is called                                       over → sending
 *   answered, failed                                                 (final); also failed: `signal`, from anywhere
 *
 * Every sending carries the same id: the platform takes it for the same message, so that a lost connection, a busy
 * platform or one that is restarted costs nothing but time. Sending again is also how to wait on: what a call for the
 * queue tells is the answer as it is kept, without the secrets in it.
 *
 * Rejects with the platform's refusal, `upstream_failed` when the other agent failed or the message ended unanswered,
 * and with the reason of `signal`. The message stays in the queue then.
 */
export async function askWorkspace(client: PlatformClient, question: Question): Promise<string> {
  const { signal } = question;
  let lost = 0;
  let accepted = false;
  let why = '';
  try {
    for (;;) {
      signal.throwIfAborted();
      let step = await send(client, question);
      if (step.is === 'queued') {
        accepted = true;
        step = await look(client, question, step.queueId);
      }
      if (step.is === 'answered') return step.text;
      if (step.is === 'not_taken' || step.is === 'queued') {
        if (accepted) throw new CanvasError('gone', `The platform no longer knows the question to workspace ${question.target}`);
        return await askDirectly(client, question);
      }
      why = step.why;
      lost = step.is === 'lost' ? lost + 1 : 0;
      await wait(step.is === 'lost' ? pauseAfter(step, lost) : QUEUED_PAUSE_MS, undefined, { signal });
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
    throw ended(signal.reason, why);
  }
}

async function send(client: PlatformClient, question: Question): Promise<Step> {
  const { target, from, signal } = question;
  const what = `a message to workspace ${target}`;
  const answer = await heardAnswer(signal, () =>
    client.call('POST', `/workspaces/${encodeURIComponent(target)}/a2a`, {
      body: peerRequest(question),
      headers: { 'x-workspace-id': from, prefer: `wait=${HOLD_SECONDS}` },
      timeoutMs: HOLD_SECONDS * 1000 + SLACK_MS,
      patient: true,
      signal,
    }),
  );
  if ('is' in answer) return answer;
  if (answer.status === 404 || answer.status === 405) return { is: 'not_taken' };
  const refusal = refusalOf(answer, what);
  if (refusal) throw refusal;
  const queueId = (answer.body as { queue_id?: unknown } | null)?.queue_id;
  if (answer.status === 202 && typeof queueId === 'string') return { is: 'queued', queueId };
  return { is: 'answered', text: peerAnswerOf(answer.body, { where: `Workspace ${target}`, status: answer.status }) };
}

async function look(client: PlatformClient, { target, from, signal }: Question, queueId: string): Promise<Step> {
  const path = `/workspaces/${encodeURIComponent(target)}/a2a/queue/${encodeURIComponent(queueId)}`;
  const answer = await heardAnswer(signal, () => client.call('GET', path, { headers: { 'x-workspace-id': from }, patient: true, signal }));
  if ('is' in answer) return answer;
  if (answer.status === 404) return { is: 'not_taken' };
  const refusal = refusalOf(answer, `to tell where a message to workspace ${target} is`);
  if (refusal) throw refusal;
  const { state, why = '', answer: kept } = (answer.body ?? {}) as Partial<QueuedMessageDetail>;
  if (state === 'answered') return { is: 'answered', text: peerAnswerOf(kept, { where: `Workspace ${target}`, status: 200 }) };
  if (state === undefined || state === 'waiting' || state === 'delivering') return { is: 'open', why };
  const said = why === '' ? '' : `: ${why.replace(/\.$/, '')}`;
  throw new CanvasError('upstream_failed', `The message to workspace ${target} ${ENDED[state]}${said}`);
}

const ENDED = {
  failed: 'could not be delivered, and waits for an operator',
  dropped: 'was dropped by an operator',
  expired: 'expired before it could be delivered',
} as const;

/** The way past the queue, for a platform that has none: straight to the address that its registry names. */
async function askDirectly(client: PlatformClient, question: Question): Promise<string> {
  const { target, from } = question;
  const path = `/registry/discover/${encodeURIComponent(target)}`;
  const answer = await client.call('GET', path, { headers: { 'x-workspace-id': from }, signal: question.signal });
  const refusal = refusalOf(answer, `to find workspace ${target}`);
  if (refusal) throw refusal;
  return await askAgent({ ...question, url: (answer.body as DiscoverAnswer).url });
}

function ended(reason: unknown, why: string): unknown {
  if (!(reason instanceof CanvasError) || why === '') return reason;
  return new CanvasError(reason.code, `${reason.message}. The last that was heard: ${why}`);
}
