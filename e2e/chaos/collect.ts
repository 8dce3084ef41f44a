import type { QueuedMessageDetail } from '#lib/contract/messages.ts';
import type { RestartPage, RestartRunDetail } from '#lib/contract/restarts.ts';
import type { ChaosWorkspace } from './colony.ts';
import type { AnsweredMessage } from './judge.ts';
import type { SentMessage } from './sender.ts';
import type { SteadyClient } from './steady-client.ts';

const AT_ONCE = 8;

/** Asks for the answer of every message. */
export async function answersOf(
  client: SteadyClient,
  workspaces: readonly ChaosWorkspace[],
  sent: readonly SentMessage[],
): Promise<AnsweredMessage[]> {
  const answered: AnsweredMessage[] = [];
  for (let from = 0; from < sent.length; from += AT_ONCE) {
    answered.push(...(await Promise.all(sent.slice(from, from + AT_ONCE).map((message) => answerOf(client, workspaces, message)))));
  }
  return answered;
}

async function answerOf(client: SteadyClient, workspaces: readonly ChaosWorkspace[], message: SentMessage): Promise<AnsweredMessage> {
  if (message.queueId === null) return { ...message, ...judged(message.answer) };
  const path = `/workspaces/${workspaces[message.workspace]?.id}/a2a/queue/${message.queueId}`;
  const { status, body } = await client.call<QueuedMessageDetail>('GET', path);
  if (status !== 200) return { ...message, outcome: 'open', why: `the platform does not know it: ${status} ${JSON.stringify(body)}` };
  if (body.state !== 'answered') return { ...message, outcome: 'open', why: `${body.state}: ${body.why}` };
  return { ...message, ...judged(body.answer) };
}

function judged(answer: unknown): Pick<AnsweredMessage, 'outcome' | 'why'> {
  const { result, error } = answer as { result?: { status?: { state?: string } }; error?: unknown };
  const state = result?.status?.state ?? '';
  if (/completed/i.test(state)) return { outcome: 'completed', why: '' };
  const why = JSON.stringify(error ?? result).slice(0, 1000);
  return { outcome: /failed/i.test(state) ? 'failed' : 'refused', why };
}

/** All runs there ever were, newest first, with their steps. */
export async function allRuns(client: SteadyClient): Promise<RestartRunDetail[]> {
  const runs: RestartRunDetail[] = [];
  for (let cursor = ''; ; ) {
    const page = await client.get<RestartPage>(`/restarts?limit=200${cursor}`);
    for (const { id } of page.items) runs.push(await client.get<RestartRunDetail>(`/restarts/${id}`));
    if (page.next === null) return runs;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}
