import type { NotifyAnswer } from '#lib/contract/incidents.ts';
import { send, type TestAgent, type TestCanvas } from './canvas-test.ts';

/** What an agent tells the operator, over HTTP and with its own token. */
export function notify(canvas: TestCanvas, agent: TestAgent, message: string, more: object = {}): Promise<NotifyAnswer> {
  return send(canvas.url, 'POST', `/workspaces/${agent.id}/notify`, { message, ...more }, agent.token);
}
