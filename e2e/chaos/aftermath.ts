import { answersOf } from './collect.ts';
import type { ChaosWorkspace } from './colony.ts';
import type { AnsweredMessage } from './judge.ts';
import { type Quiet, untilQuiet } from './quiet.ts';
import type { Sender } from './sender.ts';
import type { SteadyClient } from './steady-client.ts';

/** The longest pause between two attempts to deliver is 30 s, the longest silence before a workspace counts as gone 90 s. */
const QUIET_MS = 180_000;

/**
 * Waits until nothing runs or waits any more, and asks for every answer. What an agent that was killed left undone is
 * answered as failed: its sender sends it again, as a sender does who needs it done.
 */
export async function aftermath(
  client: SteadyClient,
  workspaces: readonly ChaosWorkspace[],
  senders: readonly Sender[],
): Promise<{ quiet: Quiet; messages: AnsweredMessage[] }> {
  const ids = workspaces.map(({ id }) => id);
  const allAnswers = () => {
    const sent = senders.flatMap((sender) => sender.sent);
    return answersOf(client, workspaces, sent);
  };
  const quiet = await untilQuiet(client, ids, QUIET_MS);
  const messages = await allAnswers();
  const failed = messages.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0 || quiet.problems.length + quiet.stuck.length > 0) return { quiet, messages };
  for (const message of failed) await senders.find(({ name }) => name === message.sender)?.again(message);
  const after = await untilQuiet(client, ids, QUIET_MS);
  return { quiet: { ...after, startedAgain: quiet.startedAgain + after.startedAgain }, messages: await allAnswers() };
}
