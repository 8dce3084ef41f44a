import type { NotifyAnswer } from '#lib/contract/incidents.ts';
import type { TestAgent, TestCanvas } from './canvas-test.ts';

/** What an agent tells the operator, over HTTP and with its own token. */
export async function notify(canvas: TestCanvas, agent: TestAgent, message: string, more: object = {}): Promise<NotifyAnswer> {
  const answer = await fetch(`${canvas.url}/workspaces/${agent.id}/notify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${agent.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ message, ...more }),
  });
  if (!answer.ok) throw new Error(`notify answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as NotifyAnswer;
}
