import type { A2aRequest } from '#lib/domain/a2a-message.ts';
import { cancelRequest, versionHeader } from '#lib/domain/a2a-method.ts';
import { requestOf } from '#lib/store/messages.ts';
import { callAgent } from './call-agent.ts';
import type { QueuedEntry, UnderWay } from './delivery-box.ts';
import type { Deps } from './deps.ts';

const CANCEL_MS = 10_000;

/** Tells the agent to end the task of an attempt that was given up. Its answer is nobody's any more: a failure is logged. */
export async function cancelTask(deps: Deps, { entry, taskId, method }: Pick<UnderWay, 'entry' | 'taskId' | 'method'>): Promise<void> {
  if (taskId === null) return;
  const headers = versionHeader(method);
  const body = cancelRequest(method, taskId);
  await callAgent(deps, entry.workspace_id, { method: 'POST', path: '', headers, body, timeoutMs: CANCEL_MS }).catch((thrown: unknown) =>
    deps.log('warn', 'a task that was given up could not be ended', { queue_id: entry.id, why: String(thrown) }),
  );
}

/** How a message that has not ended was asked for: it tells the version. */
export async function methodOf(deps: Deps, entry: QueuedEntry): Promise<string> {
  const request = await requestOf(deps.store.db, entry.id);
  return request === null ? '' : (JSON.parse(request) as A2aRequest['envelope']).method;
}
