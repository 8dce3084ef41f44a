import type { NotifyAnswer } from '#lib/contract/incidents.ts';
import { send, type TestAgent, type TestCanvas } from './canvas-test.ts';

/** What an agent tells the operator, over HTTP and with its own token. */
export function notify(canvas: TestCanvas, agent: TestAgent, message: string, more: object = {}): Promise<NotifyAnswer> {
  return send(canvas.url, 'POST', `/workspaces/${agent.id}/notify`, { message, ...more }, agent.token);
}

/** Something that needs a person, and so counts in badges and titles. */
export const warn = (canvas: TestCanvas, agent: TestAgent, message: string) =>
  notify(canvas, agent, message, { type: 'possible_injection' });
